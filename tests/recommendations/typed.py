"""What a browser would send of a page's form."""

from html.parser import HTMLParser


class _Reader(HTMLParser):
    """Reads the controls of the one form that posts to an address with that end."""

    def __init__(self, ends: str) -> None:
        super().__init__()
        self.ends = ends
        self.data: dict[str, list[str]] = {}
        self.inside = False
        self.select = self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = said.get("method") == "post" and said.get("action", "").endswith(self.ends)
        elif not self.inside:
            return
        elif tag == "input" and said.get("type") in {"checkbox", "radio"}:
            if "checked" in said:
                self.add(said["name"], said.get("value", "y"))
        elif tag == "input" and said.get("name"):
            self.add(said["name"], said.get("value", ""))
        elif tag == "select":
            self.select = said["name"]
        elif tag == "option" and self.select and "selected" in said:
            self.add(self.select, said.get("value", ""))
        elif tag == "textarea":
            self.area = said["name"]
            self.add(self.area, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            # The line end that begins it isn't part of it.
            self.data[self.area] = [self.data[self.area][0].removeprefix("\n")] if self.area else []
            self.area = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.data[self.area][0] += data

    def add(self, name: str, value: str) -> None:
        self.data.setdefault(name, []).append(value)


def typed(html: str, ends: str) -> dict[str, str | list[str]]:
    """Return what the form that posts to an address ending so would send, as it stands."""
    reader = _Reader(ends)
    reader.feed(html)
    assert reader.data, ends
    return {name: values[0] if len(values) == 1 else values for name, values in reader.data.items()}
