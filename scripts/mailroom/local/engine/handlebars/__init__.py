"""The template language of SES: Handlebars, without escaping, and strict about what the data must have.

SES names Handlebars as its language ("Advanced email personalization", SES developer guide): nested paths,
the built-in helpers and inline partials. It does not escape HTML, and what a template prints must be in the
data. Not here: partials with a block, raw blocks, decorators and helpers of one's own. The renderer is held
to handlebars.js by tests/unit/local/handlebars/.
"""

from .errors import MissingAttribute, RenderError, TemplateError
from .looks import is_simple, unknown_partials
from .parser import parse
from .render import render

__all__ = [
    "MissingAttribute",
    "RenderError",
    "TemplateError",
    "is_simple",
    "parse",
    "render",
    "unknown_partials",
]
