"""Citations in templates: italics are let through, and nothing else."""

from django.template import Context, Template


def test_safe_citation_lets_italics_alone_through():
    template = Template("{% load citations %}{{ html|safe_citation }}")
    html = "Lin &amp; Ng. <i>Water</i>. <script>alert(1)</script><i onclick='x'>a</i><b>b</b>"

    assert template.render(Context({"html": html})) == "Lin &amp; Ng. <i>Water</i>. <i>a</i>b"
