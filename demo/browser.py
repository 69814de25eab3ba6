"""A browser without JavaScript, small enough to read: pages, links, forms, cookies. What works in it works for all."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx2 as httpx

REDIRECTS = 12


@dataclass
class Form:
    """A form as a person finds it: where it goes, what is filled in, and the words on its buttons."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)

    def button(self, words: str) -> tuple[str, str] | None:
        """Name and value of the button that carries these words."""
        for text, name, value in self.buttons:
            if words.lower() in text.lower():
                return name, value
        return None


@dataclass
class Page:
    """An answered page."""

    url: str
    status: int
    html: str
    forms: list[Form]
    links: list[tuple[str, str]]
    text: str

    def form(self, words: str) -> Form:
        """The first form with a button that carries these words."""
        for found in self.forms:
            if found.button(words):
                return found
        raise LookupError(f"{self.url} has no form with the button '{words}'; it says: {self.text[:600]}")

    def link(self, part: str) -> str:
        """The first link whose address holds `part`."""
        for href, _words in self.links:
            if part in href:
                return href
        raise LookupError(f"{self.url} has no link with {part}; it says: {self.text[:600]}")


class Browser:
    """Follows links and sends forms, and keeps each site's cookies."""

    def __init__(self) -> None:
        self._http = httpx.Client(timeout=30.0)

    def get(self, url: str) -> Page:
        return self._follow("GET", url, {})

    def submit(self, page: Page, words: str, **filled: str) -> Page:
        """Fill in the form with this button and press it. An unknown field is an error, as it is for a person."""
        form = page.form(words)
        known = form.fields | {name: values[0] for name, values in form.choices.items() if name not in form.fields}
        unknown = filled.keys() - known.keys()
        if unknown:
            raise LookupError(f"{page.url}: no field {', '.join(sorted(unknown))}; there are {', '.join(known)}")
        pressed = form.button(words)
        values = known | filled
        if pressed and pressed[0]:
            values[pressed[0]] = pressed[1]
        return self._follow(form.method, urljoin(page.url, form.action or page.url), values)

    def press(self, url: str, **values: str) -> str:
        """Press a button whose form is known, without looking at the page first or after: where it would lead."""
        token = next((cookie.value for cookie in self._http.cookies.jar if "csrf" in cookie.name), "") or ""
        answer = self._http.post(url, data={**values, "csrfmiddlewaretoken": token}, headers={"Referer": url})
        return urljoin(url, answer.headers.get("Location", "")) if answer.status_code in (301, 302, 303, 307) else ""

    def _follow(self, method: str, url: str, values: dict[str, str]) -> Page:
        for _hop in range(REDIRECTS):
            headers = {"Referer": url}
            if method == "POST":
                answer = self._http.post(url, data=values, headers=headers)
            else:
                answer = self._http.get(url, params=values or None, headers=headers)
            if answer.status_code not in (301, 302, 303, 307):
                return read_page(str(answer.url), answer.status_code, answer.text)
            url, method, values = urljoin(url, answer.headers["Location"]), "GET", {}
        raise LookupError(f"{url} redirects for ever")

    def close(self) -> None:
        self._http.close()


def read_page(url: str, status: int, html: str) -> Page:
    reader = _Reader()
    reader.feed(html)
    return Page(url, status, html, reader.forms, reader.links, " ".join(" ".join(reader.words).split()))


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class _Reader(HTMLParser):
    """Collects forms, links and words of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.words: list[str] = []
        self._form: Form | None = None
        self._button: tuple[str, str] | None = None
        self._button_words: list[str] = []
        self._select = ""
        self._area = ""
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(found.get("action", ""), found.get("method", "get").upper())
            self.forms.append(self._form)
        elif tag == "a" and "href" in found:
            self.links.append((found["href"], ""))
        elif tag in ("script", "style"):
            self._silent = True
        elif self._form is not None and tag == "button":
            self._button, self._button_words = (found.get("name", ""), found.get("value", "")), []
            self._button_words.append(found.get("aria-label", ""))
        elif self._form is not None:
            self._field(tag, found, {name for name, _value in attrs})

    def _field(self, tag: str, found: dict[str, str], flags: set[str]) -> None:
        assert self._form is not None
        name = found.get("name", "")
        if tag == "input" and found.get("type") == "submit":
            self._form.buttons.append((found.get("value", ""), name, found.get("value", "")))
        elif tag == "input" and found.get("type") in ("radio", "checkbox") and name:
            value = found.get("value", "on")
            self._form.choices.setdefault(name, []).append(value)
            if "checked" in flags:
                self._form.fields[name] = value
        elif tag == "input" and name:
            self._form.fields[name] = found.get("value", "")
        elif tag == "select" and name:
            self._select = name
        elif tag == "option" and self._select:
            self._form.choices.setdefault(self._select, []).append(found.get("value", ""))
            if "selected" in flags or self._select not in self._form.fields:
                self._form.fields[self._select] = found.get("value", "")
        elif tag == "textarea" and name:
            self._form.fields[name] = ""
            self._area = name

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        self.words.append(data)
        if self._button is not None:
            self._button_words.append(data)
        if self._area and self._form is not None:
            self._form.fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "button" and self._button is not None and self._form is not None:
            name, value = self._button
            self._form.buttons.append((" ".join("".join(self._button_words).split()), name, value))
            self._button = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""
        elif tag in ("script", "style"):
            self._silent = False
