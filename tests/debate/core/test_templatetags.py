from django.template import Context, Template


def test_markdown_filter_shows_emphasis_and_no_script():
    template = Template("{% load text %}{{ words|markdown }}")

    shown = template.render(Context({"words": "*Read* it. <script>x</script>"}))

    assert shown == "<p><em>Read</em> it. &lt;script&gt;x&lt;/script&gt;</p>"


def test_piece_keeps_markup_as_it_is_and_words_escaped():
    template = Template(
        "{% load i18n text %}{% piece as link %}<b>{{ words }}</b>{% endpiece %}"
        "{% blocktranslate trimmed %}Read {{ link }}.{% endblocktranslate %}"
    )

    shown = template.render(Context({"words": "you & me"}))

    assert shown == "Read <b>you &amp; me</b>."
