"""Markup that is adopted in place of components (assets/still.js), and the grid's stand-in."""

from playwright.sync_api import Page, expect

from tests.support.browser import Complaints
from tests.support.shell_pages import Open, go

_MADE = """(markup) => {
    const host = document.createElement("div");
    host.id = "adopting";
    host.setAttribute("data-still", markup);
    document.getElementById("page").append(host);
}"""
_FIRST = (
    '<p class="a">3 <b>waiting</b></p><details><summary>More</summary>rest</details>'
    '<a href="/samples">Samples</a>'
)
_SECOND = (
    '<p class="b">4 <b>waiting</b></p><details><summary>More</summary>rest</details>'
    '<a href="/samples">Samples</a><p>new</p>'
)
_GRID_STATICS = """() => {
    const grid = window.dash_ag_grid.AgGrid;
    return {dashRenderType: grid.dashRenderType, dashPersistence: grid.dashPersistence};
}"""
_REAL_GRID = """() => {
    const stand_in = window.dash_ag_grid;
    return new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = window.tracseq.facts.grid;
        script.onload = () => resolve(Object.fromEntries(
            Object.getOwnPropertyNames(window.dash_ag_grid.AgGrid)
                .filter((name) => !["length", "name", "prototype", "propTypes"].includes(name))
                .map((name) => [name, window.dash_ag_grid.AgGrid[name]])));
        script.onerror = reject;
        document.head.append(script);
    }).finally(() => { window.dash_ag_grid = stand_in; });
}"""


def _host(page: Page, markup: str) -> None:
    page.evaluate(_MADE, markup)
    expect(page.locator("#adopting p")).to_have_count(1)


def _set(page: Page, markup: str) -> None:
    page.locator("#adopting").evaluate("(host, to) => host.setAttribute('data-still', to)", markup)


def test_a_new_inside_changes_only_what_differs(open_shell: Open) -> None:
    page = open_shell()
    go(page, "/reports")
    _host(page, _FIRST)
    page.locator("#adopting summary").click()
    page.locator("#adopting a").focus()
    page.evaluate("window.before = document.querySelector('#adopting p')")

    _set(page, _SECOND)

    expect(page.locator("#adopting p.b")).to_have_text("4 waiting")
    expect(page.locator("#adopting p")).to_have_count(2)
    expect(page.locator("#adopting a")).to_be_focused()
    assert page.locator("#adopting details").evaluate("(fold) => fold.open"), "the fold closed"
    assert page.evaluate("window.before === document.querySelector('#adopting p')")

    _set(page, _FIRST)

    expect(page.locator("#adopting p")).to_have_count(1)
    expect(page.locator("#adopting p.a")).to_have_text("3 waiting")


def test_an_inside_that_becomes_components_leaves_nothing_behind(open_shell: Open) -> None:
    page = open_shell()
    go(page, "/reports")
    _host(page, _FIRST)

    page.locator("#adopting").evaluate(
        "(host) => { host.removeAttribute('data-still'); host.append('drawn by the renderer'); }"
    )

    expect(page.locator("#adopting")).to_have_text("drawn by the renderer")


def test_nothing_in_markup_runs(open_shell: Open, complaints: Complaints) -> None:
    page = open_shell()
    go(page, "/reports")

    _host(page, '<p>x</p><script>window.ran = 1</script><img src="x:y" onerror="window.ran = 2">')
    page.wait_for_timeout(300)

    assert page.evaluate("window.ran === undefined")
    assert any("Content Security Policy" in complaint for complaint in complaints)
    complaints.clear()  # they are what is expected here


def test_the_stand_in_says_of_the_grid_what_the_grid_says(open_shell: Open) -> None:
    page = open_shell()
    go(page, "/reports")

    assert page.evaluate(_GRID_STATICS) == page.evaluate(_REAL_GRID)


def test_the_grid_comes_when_a_page_with_one_is_opened_from_another(open_shell: Open) -> None:
    page = open_shell()
    go(page, "/reports")
    assert page.evaluate("document.querySelector('script[src*=dash_ag_grid]') === null")

    page.get_by_role("link", name="Samples", exact=True).first.click()

    expect(page.locator(".ag-root-wrapper")).to_be_visible()
    page.get_by_role("link", name="Reports").first.click()
    expect(page.locator(".ag-root-wrapper")).to_have_count(0)
    page.go_back()
    expect(page.locator(".ag-root-wrapper")).to_be_visible()
    assert page.evaluate("document.querySelectorAll('script[src*=\"dash_ag_grid.v\"]').length") == 1
