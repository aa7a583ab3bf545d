"""A person at the desk: clicks what has words on it, fills fields by their labels, and looks at every
page for errors, for what is wider than the screen, and for requests that leave the machine."""

from __future__ import annotations

from contextlib import ExitStack

from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import Served, Window, looking

WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
DESK, PHONE = (1366, 768), (390, 844)
DONE = ".flash.success"


class Hand:
    """One person's hand, which counts its clicks."""

    def __init__(self, window: Window, username: str) -> None:
        self.window, self.page, self.clicks = window, window.page, 0
        window.login(username)
        self.looks()

    @property
    def main(self) -> Locator:
        """What stands below the bar."""
        return self.page.locator("main")

    def looks(self) -> None:
        """Look at the page: nothing failed, nothing left the machine, nothing is too wide."""
        self.page.wait_for_load_state()
        assert self.window.errors == [], (self.page.url, self.window.errors)
        assert self.window.outside == [], self.page.url
        assert self.page.evaluate(WIDE) <= 0, f"{self.page.url} is wider than the screen"

    def press(self, what: Locator) -> None:
        """Click something, and look at what comes."""
        what.first.click()
        self.clicks += 1
        self.looks()

    def on(self, words: str, within: str = "main") -> None:
        """Click the link or button of these words."""
        place = self.page.locator(within)

        def named(exact: bool) -> Locator:
            links = place.get_by_role("link", name=words, exact=exact)
            found = links.or_(place.get_by_role("button", name=words, exact=exact))
            return found.or_(place.locator("summary", has_text=words)).locator("visible=true")

        expect(named(False).first).to_be_visible()
        self.press(named(True) if named(True).count() else named(False))

    def act(self, verb: str) -> None:
        """Begin what may be done with a case: its own button, or the one behind 更多."""
        begins = self.main.locator(".actions").get_by_role("link", name=verb, exact=True)
        if not begins.locator("visible=true").count():
            self.press(self.main.locator(".actions details.more > summary"))
        self.press(begins.locator("visible=true"))

    def next_step(self) -> None:
        """Go on to the next step of a form; at a desk all of them stand below each other."""
        step = self.main.locator("label.btn.next").locator("visible=true")
        if step.count():
            self.press(step)

    def menu(self, category: str, page: str) -> None:
        """Open a page through its category in the bar."""
        bar = self.page.locator("nav.menu")
        if not bar.is_visible():
            self.press(self.page.locator("header .navbar-toggler"))
        self.press(bar.get_by_role("button", name=category))
        self.press(bar.get_by_role("link", name=page, exact=True))

    def home(self) -> None:
        """Go back to the first page by the name of the office."""
        self.press(self.page.locator("header a.name"))

    def field(self, label: str) -> Locator:
        """The field of a label; of a picker what one types into, not the list behind it."""
        found = self.main.get_by_label(label, exact=True).locator("visible=true")
        found = found.locator(
            "xpath=self::input|self::textarea|self::select[not(contains(@class, 'tomselected'))]"
        )
        expect(found).to_have_count(1)
        return found

    def say(self, label: str, words: str) -> None:
        """Type into a field."""
        self.field(label).fill(words)

    def choose(self, label: str, words: str) -> None:
        """Choose from a list, or from a picker by what is typed into it."""
        field = self.field(label)
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(label=words)
            return
        # Where something is chosen already, what one types into stands beside the screen.
        field.locator("xpath=ancestor::*[contains(@class, 'ts-control')]").click()
        expect(field).to_be_focused()
        self.page.keyboard.type(words.rpartition("／")[2])
        options = self.page.locator(".ts-dropdown .option").locator("visible=true")
        expect(options.filter(has_not_text=words)).to_have_count(0)
        options.first.click()
        expect(options).to_have_count(0)

    def tick(self, question: str, answer: str) -> None:
        """Press one of the answers that stand as buttons below a question."""
        roles = self.main.get_by_role("group", name=question).or_(
            self.main.get_by_role("radiogroup", name=question)
        )
        roles.locator("visible=true").last.locator("label", has_text=answer).first.click()
        self.clicks += 1

    def search(self, words: str) -> None:
        """Type into the one box of the bar."""
        self.page.keyboard.press("Escape")
        box = self.page.locator("header [data-search]")
        box.fill(words)
        box.press("Enter")
        self.page.wait_for_load_state()
        self.looks()

    def leave(self) -> None:
        """Log out."""
        if not self.page.locator("header .who").is_visible():
            self.page.locator("header .navbar-toggler").click()
        self.window.leave()
        self.page.wait_for_selector("input[name=password]")
        self.looks()

    def done(self, words: str) -> None:
        """See what the page says was done."""
        expect(self.page.locator(DONE).first).to_contain_text(words)
        self.looks()

    def sees(self, words: str) -> None:
        """See words on the page."""
        expect(self.main).to_contain_text(words)


class People:
    """The windows of several people, who stay logged in."""

    def __init__(self, served: Served, chromium: Browser) -> None:
        self.served, self.chromium, self.stack = served, chromium, ExitStack()
        self.hands: dict[str, Hand] = {}

    def __enter__(self) -> People:
        return self

    def __exit__(self, *told: object) -> None:
        self.stack.close()

    def __call__(self, username: str, size: tuple[int, int] = DESK) -> Hand:
        """The hand of a person, on the first page."""
        if username not in self.hands:
            window = looking(self.served.address, self.chromium, *size)
            self.hands[username] = Hand(self.stack.enter_context(window), username)
        else:
            self.hands[username].home()
        return self.hands[username]
