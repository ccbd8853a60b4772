"""What can be wrong with a template.

Exception
├── TemplateError          the template itself is broken, whatever the data
└── RenderError            the template and the data do not fit
    └── MissingAttribute   something is printed that the data has not
"""


class TemplateError(Exception):
    """The template cannot be read; the message says where and why."""


class RenderError(Exception):
    """The template cannot be filled in with this data."""


class MissingAttribute(RenderError):
    """The data lacks what is printed; `name` is how the template calls it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Attribute '{name}' is not present in the rendering data.")
        self.name = name
