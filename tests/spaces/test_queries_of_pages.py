"""Every page of spaces, plans, reports and dashboards asks the database at most twelve times.

`make bench` measures the same pages in a large network, with their times.
"""

from collections.abc import Iterator

import pytest

from bench.grown import Size
from bench.spaces import ELSEWHERE, MOST_QUERIES, Installed, find_pages, installed, pages_of

SMALL = Size(spaces=12, meetings=120, actions=240)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    with installed(tmp_path_factory.mktemp("grown"), SMALL) as made:
        yield made


def test_each_page_asks_the_database_a_few_times(site: Installed) -> None:
    pages, lost = find_pages(site)
    assert not lost, f"no address answers: {lost}"
    many = [f"{page.endpoint} ({page.path}): {page.queries}" for page in pages if page.queries > MOST_QUERIES]
    assert not many, many


def test_what_is_not_asked_is_still_there(site: Installed) -> None:
    assert set(ELSEWHERE) <= {rule.endpoint for rule in pages_of(site.app)}
