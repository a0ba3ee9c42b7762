from django.template import Context, Template


def test_markdown_filter_shows_emphasis_and_no_script():
    template = Template("{% load text %}{{ words|markdown }}")

    shown = template.render(Context({"words": "*Read* it. <script>x</script>"}))

    assert shown == "<p><em>Read</em> it. &lt;script&gt;x&lt;/script&gt;</p>"
