"""Sphinx's settings for the site; environment/site.mjs gathers the sources beside a copy of this file and calls it."""

import json
import pathlib

here = pathlib.Path(__file__).resolve().parent

project = "Hyperparameter-free losses, rebuilt"
html_title = project
language = "en"
root_doc = "index"
exclude_patterns = ["_static", "results"]
extensions = ["myst_nb"]

# notebooks were executed before, each once
nb_execution_mode = "off"
nb_merge_streams = True
# nothing is loaded from elsewhere
nb_ipywidgets_js = {}

myst_enable_extensions = ["dollarmath", "amsmath", "substitution", "colon_fence"]
myst_heading_anchors = 4
myst_substitutions = json.loads((here / "numbers.json").read_text())
myst_update_mathjax = False
mathjax_path = "mathjax.js"
mathjax3_config = {
    "tex": {"packages": {"[-]": ["autoload", "require"]}},
    # only what Sphinx marks as mathematics; printed text and code may hold dollar signs
    "options": {"enableMenu": False, "ignoreHtmlClass": "bd-content", "processHtmlClass": "math"},
}
smartquotes = False

html_theme = "sphinx_book_theme"
html_context = {"default_mode": "auto"}
html_theme_options = {
    # the search stands above the notebooks' names
    "navbar_start": [],
    "navbar_center": [],
    "navbar_end": [],
    "navbar_persistent": [],
    "use_download_button": False,
    "use_fullscreen_button": False,
    "show_toc_level": 2,
    "show_navbar_depth": 1,
    "home_page_in_toc": False,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_static_path = ["_static"]
html_extra_path = ["extra"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_show_copyright = False
# a page that is read from a file may not fetch others for their summaries
html_show_search_summary = False


def add_plotly(app, page, template, context, doctree):
    """Loads plotly.js where figures may stand, and nowhere else: it is 4.8 MB."""
    if page.startswith("notebooks/"):
        app.add_js_file("plotly.js", loading_method="defer")


def setup(app):
    app.connect("html-page-context", add_plotly)
