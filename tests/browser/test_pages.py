"""Every page that can be reached by links: no axe finding, nothing wider than the screen, in three roles.

The walk follows the links of the demonstration from page to page and visits each kind of page (each route)
once. A route that no walk reaches fails the test, unless it is named below with the test that visits it.
"""

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from hub.app import create_app
from tests.browser.conftest import AXE, Server, assert_accessible
from tests.browser.days import MODULE, PAST, PLENARY, SYMPOSIUM

# Where no link of the demonstration leads, each with the test that looks at it: what answers a form, what is
# under way, what a mailed link opens, what needs a mandate or needs told in a registration.
IMPORT = "test_forms.test_an_import_from_the_file_to_its_undoing"
GROUP = "test_form.test_a_group_of_three_on_a_phone_without_scripts"
QUESTIONS = "test_form.test_a_question_is_written_asked_on_a_phone_and_listed"
SIGN_UP = "test_sign_up.test_a_person_signs_up_changes_a_workshop_and_cancels"
CONTRIBUTION = "test_contribution.test_from_a_call_to_a_recommendation"
CONFIRMATION = "test_confirming.test_what_was_told_by_phone_is_confirmed_by_the_organisation"
RESEMBLANCES = "test_resemblances.test_what_asks_the_same_is_shown_decided_and_taken_back"
PRIORITIES = "test_priorities.test_dots_by_link_on_a_phone_and_what_they_give"
CONSULTATION = "test_consultation.test_a_voice_and_a_co_signature_by_link"
DECISION = "test_decisions.test_replaced_undone_withdrawn_and_made_known"
POSITION = "test_decisions.test_an_association_says_where_it_stands"
DECISIONS_LINK = "test_decisions.test_the_link_of_a_meeting_leads_to_its_decisions"
DIRECTORY = "test_directory.test_a_printed_directory_from_the_button_to_its_readers"
ROUND = "test_ownership.test_a_round_is_sent_confirmed_and_corrected"
RECORD_LINK = "test_ownership.test_a_link_is_asked_for_and_opens_the_record"
MINUTES = "test_minutes.test_minutes_from_the_draft_to_an_erratum"
PLAN = "test_plans.test_a_plan_from_its_first_axis_to_the_plan_of_a_day"
CONVENING = "test_convening.test_a_date_is_found_by_link_and_the_agenda_sent"
CONVENED_MEMBER = "test_convening.test_a_member_answers_and_proposes_by_account"
DOOR = "test_door.test_a_door_without_connection_loses_nothing_and_twice_is_once"
DOTS = "test_workshop.test_dots_are_put_on_tablets_and_stand_on_the_screen"
READING = "test_sources.test_a_pdf_is_read_and_a_sentence_taken_by_keyboard"
BULK = "test_sources.test_a_table_of_demands_is_looked_at_and_taken"
TESTIMONY = "test_sources.test_a_testimony_is_told_read_again_and_taken_back"
WORDINGS = "test_workshop.test_a_wording_is_edited_live_and_shown_to_all"
TABLES = "test_workshop.test_tables_write_on_tablets_and_lose_nothing"
CERTIFICATE = "test_certificate.test_a_certificate_is_verified_by_its_qr"
OWN_DATA = "test_retention.test_ones_own_data_on_a_phone"
PARTY_ANSWER = "test_party_answers.test_an_answer_is_noted_corrected_and_taken_back"
OWN_CONTACT = "test_own_contact.test_a_contact_is_forgotten_by_oneself"
LEAFLET = "test_leaflets.test_a_leaflet_is_found_and_downloaded_on_a_phone"
TABLE_LEAFLET = "test_leaflets.test_a_table_is_composed_by_keyboard_and_its_set_printed"
COMPOSING = "test_composing.test_an_edition_is_composed_by_keyboard_and_every_change_can_be_undone"
APPARATUS = "test_composing.test_what_surrounds_the_text_is_added"
SENDING = "test_sendings.test_a_letter_goes_to_each_once_and_a_refusal_is_honoured"
ELSEWHERE: dict[str, str] = {
    "publishing.sending_progress": SENDING,
    "publishing.posted_letters": SENDING,
    "publishing.refuse_mails": SENDING,
    "publishing.section": COMPOSING,
    "publishing.versions": COMPOSING,
    "publishing.comments": COMPOSING,
    "publishing.check": COMPOSING,
    "publishing.term": APPARATUS,
    "publishing.sponsor": APPARATUS,
    "publishing.signatory_logo": APPARATUS,
    "publishing.new_figure": APPARATUS,
    "publishing.figure": APPARATUS,
    "publishing.ask_freeze": "test_memorandum.test_a_memorandum_from_its_first_chapter_to_its_readers",
    "publishing.ask_publish": "test_memorandum.test_a_memorandum_from_its_first_chapter_to_its_readers",
    "publishing.leaflet_pdf": LEAFLET,
    "publishing.leaflet_progress": LEAFLET,
    "publishing.leaflets_progress": TABLE_LEAFLET,
    "publishing.plenary_set": TABLE_LEAFLET,
    "publishing.compose_leaflet": TABLE_LEAFLET,
    "publishing.edit_leaflet": TABLE_LEAFLET,
    "publishing.ask_remove_leaflet": TABLE_LEAFLET,
    "publishing.answers": PARTY_ANSWER,
    "publishing.new_answer": PARTY_ANSWER,
    "publishing.edit_answer": PARTY_ANSWER,
    "recommendations.read_document": READING,
    "recommendations.bulk": BULK,
    "recommendations.testimonies_of": TESTIMONY,
    "events.batch_page": "test_ticking.test_what_several_would_undergo_is_told_first",
    "events.own_data_page": OWN_DATA,
    "events.group_data_page": OWN_CONTACT,
    "events.places_data_page": OWN_CONTACT,
    "events.invitation_data_page": OWN_CONTACT,
    "events.erased": OWN_DATA,
    "events.hand_over_page": "test_admission.test_a_place_goes_to_a_colleague_on_a_phone",
    "events.handed_over": "test_admission.test_a_place_goes_to_a_colleague_on_a_phone",
    "events.own_places": "test_admission.test_a_place_goes_to_a_colleague_on_a_phone",
    "events.own_rename_page": "test_admission.test_a_place_goes_to_a_colleague_on_a_phone",
    "events.own_unname_page": "test_admission.test_a_place_goes_to_a_colleague_on_a_phone",
    "events.own_name_page": "test_admission.test_a_place_goes_to_a_colleague_on_a_phone",
    "events.own_names": "test_admission.test_a_place_goes_to_a_colleague_on_a_phone",
    "events.letter_progress": "test_admission.test_a_mail_is_rewritten_with_preview",
    "events.letter_preview": "test_admission.test_a_mail_is_rewritten_with_preview",
    "events.invitations_progress": "test_admission.test_an_invitation_is_sent_and_answered",
    "events.invitation": "test_admission.test_an_invitation_is_sent_and_answered",
    "events.names": "test_admission.test_a_representative_fills_and_renames_on_a_phone",
    "events.name_page": "test_admission.test_a_representative_fills_and_renames_on_a_phone",
    "events.rename_page": "test_admission.test_a_representative_fills_and_renames_on_a_phone",
    "events.unname_page": "test_admission.test_a_representative_fills_and_renames_on_a_phone",
    "events.evaluate": "test_certificate.test_an_opinion_is_given_once_on_a_phone",
    "events.verify": CERTIFICATE,
    "events.door_page": DOOR,
    "recommendations.correct_page": TABLES,
    "recommendations.table_door": TABLES,
    "recommendations.table_page": TABLES,
    "recommendations.wordings_page": WORDINGS,
    "recommendations.screen": WORDINGS,
    "recommendations.table_dots": DOTS,
    "spaces.asked_meeting": CONVENING,
    "spaces.asked_propose_page": CONVENING,
    "spaces.date_by_link": CONVENING,
    "spaces.decline_point_page": CONVENING,
    "spaces.poll_progress": CONVENING,
    "spaces.sending_progress": CONVENING,
    "spaces.send_agenda_page": CONVENING,
    "spaces.cancel_meeting_page": CONVENING,
    "spaces.edit_meeting": CONVENING,
    "spaces.new_point": CONVENING,
    "spaces.edit_point": CONVENING,
    "spaces.poll_answer_page": CONVENED_MEMBER,
    "spaces.propose_point_page": CONVENED_MEMBER,
    "accounts.confirm": "test_forms.test_a_sign_in_link_from_the_demand_to_the_button",
    "accounts.link_sent": "test_forms.test_a_sign_in_link_from_the_demand_to_the_button",
    "accounts.welcome": "test_forms.test_an_invitation_from_the_form_to_the_welcome",
    "actors.asked_correct_page": ROUND,
    "actors.asked_export": ROUND,
    "actors.asked_gone_page": ROUND,
    "actors.asked_home": ROUND,
    "actors.asked_public_page": ROUND,
    "actors.change_round_page": ROUND,
    "actors.check_round_progress": ROUND,
    "actors.linked_correct_page": RECORD_LINK,
    "actors.linked_export": RECORD_LINK,
    "actors.linked_gone_page": RECORD_LINK,
    "actors.linked_home": RECORD_LINK,
    "actors.linked_public_page": RECORD_LINK,
    "actors.record_link_asked": RECORD_LINK,
    "actors.end_mandate_page": "test_forms.test_pages_of_a_day_and_the_end_of_a_mandate",
    "actors.import_columns_page": IMPORT,
    "actors.import_preview": IMPORT,
    "actors.import_progress": IMPORT,
    "actors.import_undo_page": IMPORT,
    "actors.merge_page": "test_duplicates.test_a_double_is_noticed_made_one_and_taken_apart",
    "actors.directory_pdf": DIRECTORY,
    "actors.directory_printing_progress": DIRECTORY,
    "events.group": GROUP,
    "events.group_cancel_page": GROUP,
    "events.group_change_page": GROUP,
    "events.replace_page": GROUP,
    "events.newsletter": QUESTIONS,
    "events.look_in_mails": "test_forms.test_pages_of_a_day_and_the_end_of_a_mandate",
    "events.needs": "test_papers.test_the_caterer_reads_numbers_by_link",
    "events.paper": "test_papers.test_all_papers_are_prepared_and_fetched",
    "events.paper_progress": "test_papers.test_all_papers_are_prepared_and_fetched",
    "events.caterer_by_link": "test_papers.test_the_caterer_reads_numbers_by_link",
    "events.registration": SIGN_UP,
    "events.change_page": SIGN_UP,
    "events.withdraw_page": SIGN_UP,
    "spaces.my_spaces": "test_spaces.test_a_member_by_link_sees_what_is_next_and_asks_for_a_seat",
    "spaces.request_by_link": "test_spaces.test_a_member_by_link_sees_what_is_next_and_asks_for_a_seat",
    "spaces.link_sent": "test_spaces.test_a_member_by_link_sees_what_is_next_and_asks_for_a_seat",
    "spaces.follow_sent": "test_spaces.test_news_of_a_space_from_the_form_to_the_end",
    "spaces.following": "test_spaces.test_news_of_a_space_from_the_form_to_the_end",
    "spaces.stopped": "test_spaces.test_news_of_a_space_from_the_form_to_the_end",
    "spaces.invitation": "test_spaces.test_an_invitation_is_sent_and_taken_by_its_link",
    "spaces.own_invitation": "test_spaces.test_who_does_not_sit_reads_what_a_space_is_for_and_asks",
    "reports.activity_figures": "test_plenary.test_the_activity_is_counted_without_a_script",
    "reports.activity_export": "test_plenary.test_a_long_period_is_exported_in_the_background",
    "plans.add_action_page": PLAN,
    "plans.add_axis_page": PLAN,
    "plans.end_axis_page": PLAN,
    "plans.order_page": PLAN,
    "publishing.building": "test_memorandum.test_a_memorandum_from_its_first_chapter_to_its_readers",
    "spaces.run_close_page": "test_running.test_two_write_and_one_is_away_in_the_middle",
    "recommendations.answer": CONTRIBUTION,
    "recommendations.consultation": CONSULTATION,
    "recommendations.ballot": PRIORITIES,
    "recommendations.new_round": PRIORITIES,
    "recommendations.endorsement": CONSULTATION,
    "recommendations.amend": "test_amendments.test_an_amendment_by_link_and_its_answers",
    "recommendations.batch": "test_amendments.test_several_are_adopted_at_once",
    "spaces.linked_decisions": DECISIONS_LINK,
    "spaces.linked_position_page": DECISIONS_LINK,
    "spaces.new_decision": "test_decisions.test_a_vote_is_noted_with_the_keyboard_alone",
    "spaces.edit_decision": DECISION,
    "spaces.own_position_page": POSITION,
    "spaces.replace_decision_page": DECISION,
    "spaces.withdraw_decision_page": DECISION,
    "recommendations.receipt": CONTRIBUTION,
    "recommendations.confirmation": CONFIRMATION,
    "recommendations.contribution_by_call": CONFIRMATION,
    "recommendations.contribution_of_mine": CONFIRMATION,
    "recommendations.news": CONFIRMATION,
    "recommendations.edit_terms": RESEMBLANCES,
    "recommendations.resembling_contribution": RESEMBLANCES,
    "spaces.linked_actions": "test_actions.test_an_action_is_done_by_link_on_a_phone",
    "spaces.linked_reminders": "test_actions.test_an_action_is_done_by_link_on_a_phone",
    "spaces.approve_minutes_page": MINUTES,
    "spaces.edit_minutes": MINUTES,
    "spaces.erratum_page": MINUTES,
    "spaces.linked_minutes": MINUTES,
    "spaces.minutes_by_reader": MINUTES,
    "spaces.minutes_changes": MINUTES,
    "spaces.minutes_progress": MINUTES,
    "spaces.minutes_version": MINUTES,
    "spaces.paper": MINUTES,
    "spaces.paper_progress": MINUTES,
    "spaces.prolong_minutes_page": MINUTES,
    "spaces.remark": MINUTES,
    "spaces.send_minutes_page": MINUTES,
}
NOT_PAGES = {
    "static",
    "core.health",
    "core.theme_css",
    "core.logo",
    "network.data",
    "network.measures",
    "network.card",
    "actors.resembling",
    "network.report_file",
    "network.report_progress",
    # Downloads and fragments of reports, which tests/reports reads.
    "reports.download",
    "reports.progress",
    "reports.activity_workbook",
    "reports.activity_archive",
    "reports.activity_sheet",
    "reports.activity_export_file",
    "reports.activity_export_progress",
    # A fragment that tests/network/test_results.py reads, and the picture within a page.
    "network.computing",
    "network.compare_image",
}
# What the page that runs a meeting asks now and then; tests/spaces/test_running.py reads it.
NOT_PAGES |= {"spaces.run_state"}
# What the pages of a workshop ask for: tests/recommendations/test_tables.py and test_workshops.py read it.
NOT_PAGES |= {"recommendations.table_state", "recommendations.wordings_state"}
NOT_PAGES |= {"recommendations.screen_state", "recommendations.own_screen_state"}
# What the page of the door asks for, which tests/events/test_door.py reads.
NOT_PAGES |= {"events.door_state", "events.own_door_state"}
# Calendars, which tests/spaces/test_feeds.py reads, and a document of a meeting.
NOT_PAGES |= {"spaces.space_feed", "spaces.person_feed", "spaces.document_by_link"}
# Downloads, which tests/spaces/test_meeting_pages.py reads.
NOT_PAGES |= {"spaces.document", "spaces.asked_document", "spaces.asked_calendar", "spaces.meeting_calendar"}
# Fragments of progress, which tests/events/test_allocation.py reads.
NOT_PAGES |= {"events.allocation_progress", "events.publishing_progress"}
# Pictures, which tests/events/test_day_pages.py reads.
NOT_PAGES |= {"events.logo", "events.known_logo"}
# Downloads, which tests/events/test_papers.py, test_catering.py and test_day_report.py read.
NOT_PAGES |= {"events.caterer_pdf", "events.day_report_pdf", "events.paper_at_once", "events.paper_file"}
# A download, which tests/events/test_retention.py reads.
NOT_PAGES |= {"events.own_data_file"}
# Downloads, which tests/events/test_own_contact.py reads.
NOT_PAGES |= {"events.group_data_file", "events.places_data_file", "events.invitation_data_file"}
NOT_PAGES |= {"events.meals", "events.registration_agenda"}
# Downloads and a fragment, which tests/events/test_certificate_pages.py reads.
NOT_PAGES |= {"events.certificate_pdf", "events.certificates_pdf", "events.own_certificate"}
NOT_PAGES |= {"events.certificates_progress"}
NOT_PAGES |= {"spaces.minutes_version_pdf", "spaces.linked_minutes_pdf", "spaces.minutes_by_reader_pdf"}
NOT_PAGES |= {"spaces.minutes_pdf"}
# Downloads and a sentence that an open form asks for, which test_paper_form.py and test_answers.py read.
NOT_PAGES |= {"recommendations.paper_form_of_call", "recommendations.paper_form_of_organisation"}
NOT_PAGES |= {"recommendations.draft_state"}
# A download and bars of progress, which test_readings.py and test_batches.py in tests/recommendations read.
NOT_PAGES |= {"recommendations.document_file", "recommendations.document_progress"}
NOT_PAGES |= {"recommendations.bulk_progress"}
# A bar of progress, which tests/recommendations/test_resemblances.py reads.
NOT_PAGES |= {"recommendations.comparing_texts"}
# A feed and a picture, which tests/publishing/test_reading.py reads.
NOT_PAGES |= {"publishing.feed", "publishing.picture"}
# A table, offered once there is an erratum, which tests/publishing/test_leaflets.py reads.
NOT_PAGES |= {"publishing.errata_file"}
# A fragment, a PDF and a picture, which tests/publishing (test_writing_together.py, test_apparatus.py) reads.
NOT_PAGES |= {
    "publishing.check_print",
    "publishing.print_chapter",
    "publishing.print_section",
    "publishing.figure_image",
}
Screen = tuple[int, Literal["light", "dark"]]
SCREENS: tuple[Screen, ...] = ((1280, "light"), (320, "dark"))
TRIES = 40
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
ADMINISTRATOR = "Administration du CAI"
PEOPLE = (None, "Représentant·e d’une association", ADMINISTRATOR)
START = {False: "/connexion", True: "/tableau-de-bord"}
CALL = "vos-constats-et-vos-recommandations-pour-le-prochain-memorandum"
# The walk opens one memorandum, and only one that isn't published yet leads to this page; one actor, one
# project and one territory: only those on whose record something hangs lead to the pages that tell it.
BEGINNINGS = (
    "/memorandums/memorandum-2029-ce-que-les-communes-ne-peuvent-pas-decider/fiche",
    "/acteurs/cai",
    "/projets/disie",
    "/appels-a-projets/pci-2025",
    "/territoires/62063",
    "/tableau-de-bord/reseau",
    "/espaces/groupe-de-travail-logement",
    "/dates/1",
    "/plans/ppli-2-0",
    "/plans/plan-local-d-integration-de-namur-deuxieme/histoire",
    # One day is asked about, another was; one mail has its hour, one room has a record.
    f"/journees/{PLENARY}/evaluation",
    f"/journees/{PAST}/evaluation/resultats",
    f"/journees/{PAST}/evaluation/apercu",
    f"/journees/{PAST}/conclusions",
    f"/journees/{PLENARY}/inscription",
    f"/journees/{PLENARY}/inscription/groupe",
    f"/journees/{MODULE}/questions",
    f"/journees/{PLENARY}/mails/reminder/envoyer",
    f"/journees/{PLENARY}/admissions/places",
    f"/journees/{PLENARY}/questions/apercu",
    f"/journees/{PLENARY}/organisations-a-verifier",
    f"/journees/{MODULE}/attestations",
    f"/journees/{SYMPOSIUM}/souhaits",
    "/journees/series",
    "/journees/nouvelles",
    "/lieux/centre-culturel-la-marlagne-wepion/salles",
    "/recommandations/R-2024-004/conclusions",
    # Another test's call, which asks no question of its own and is voted on by nobody, may stand first.
    f"/appels/{CALL}",
    f"/appels/{CALL}/questions",
    f"/appels/{CALL}/priorites",
)

# A representative's own calendar is offered where they sit, a seat is asked for where they don't.
OWN_SPACE = (
    "/espaces/groupe-de-travail-formation-et-emploi",
    "/espaces/groupe-de-travail-logement/demander-un-siege",
)
FIRST = {None: (), PEOPLE[1]: OWN_SPACE, ADMINISTRATOR: BEGINNINGS}

seen: set[str] = set()


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> MapAdapter:
    """Tell which route an address belongs to."""
    app = create_app({"DEMO": True, "DATA_FOLDER": str(tmp_path_factory.mktemp("map"))})
    return app.url_map.bind("127.0.0.1")


def route_of(addresses: MapAdapter, path: str) -> str | None:
    try:
        endpoint: str = addresses.match(path, method="GET")[0]
    except HTTPException:
        return None
    return endpoint


def sign_in(page: Page, person: str | None) -> None:
    if person:
        page.goto("/connexion")
        page.get_by_role("button", name=person).click()
        page.wait_for_url("**/tableau-de-bord*")


def links(page: Page, server: Server) -> list[str]:
    found: list[str] = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
    here = urlsplit(server.url).netloc
    return [link for link in dict.fromkeys(found) if urlsplit(link).netloc == here]


@pytest.mark.parametrize("person", PEOPLE)
def test_every_page_is_accessible_and_fits_the_screen(
    context: BrowserContext, server: Server, addresses: MapAdapter, person: str | None
) -> None:
    page = context.new_page()
    sign_in(page, person)
    show_on(page, SCREENS[0])
    queue, visited = deque(["/", START[bool(person)], *FIRST[person]]), set[str]()
    while queue:
        address = queue.popleft()
        route = route_of(addresses, urlsplit(address).path)
        if route is None or route in visited or route in NOT_PAGES:
            continue
        visited.add(route)
        if not is_page(page, address):
            continue
        look(page)  # it was opened on the first screen
        for screen in SCREENS[1:]:
            show_on(page, screen)
            page.reload()
            look(page)
        queue.extend(links(page, server))
        show_on(page, SCREENS[0])
    seen.update(visited)
    assert len(visited) > 5


def is_page(page: Page, address: str) -> bool:
    """Open an address; exports and calendars are downloads, which other tests read."""
    answer = page.request.get(address)
    if "text/html" not in answer.headers.get("content-type", ""):
        return False
    assert answer.status < 400, f"{address} answers {answer.status}"
    page.goto(address)
    return True


def fits(page: Page) -> bool:
    """Say whether nothing is wider than the screen; the page is laid out anew after its size was set."""
    for _ in range(TRIES):
        if page.evaluate(OVERFLOW) <= 0:
            return True
        page.wait_for_timeout(50)
    return False


def inspect(page: Page) -> None:
    """Look at the open page: wide and light, then narrow and dark."""
    for screen in SCREENS:
        show_on(page, screen)
        page.reload()
        look(page)


def show_on(page: Page, screen: Screen) -> None:
    """Take another screen; the page is laid out for it from the next time that it is opened."""
    width, scheme = screen
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)


def look(page: Page) -> None:
    """Fail for a page that is wider than the screen, isn't accessible or has no title."""
    assert fits(page), f"{page.url} is {page.evaluate(OVERFLOW)} px wider than its screen"
    assert_accessible(page)
    assert page.title()


def test_no_page_was_forgotten(addresses: MapAdapter) -> None:
    if not seen:
        pytest.skip("the walks did not run")
    routes = {rule.endpoint for rule in addresses.map.iter_rules() if "GET" in (rule.methods or set())}
    forgotten = routes - seen - NOT_PAGES - set(ELSEWHERE)
    assert not forgotten, "\n".join(sorted(forgotten))


def test_control_a_target_that_is_too_small_is_found(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/connexion")
    page.evaluate(
        """() => { for (const name of ["a", "b"]) {
          const button = document.createElement("button");
          button.textContent = name;
          const small = {width: "9px", height: "9px", minHeight: "0", padding: "0", border: "0"};
          Object.assign(button.style, small);
          document.querySelector("main").append(button);
        } }"""
    )
    with pytest.raises(AssertionError, match="target-size"):
        assert_accessible(page)


def test_a_target_that_the_bar_covers_until_one_scrolls_is_forgiven(context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page, "Coordination du CAI")
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto("/recommandations/nouvelle")
    page.evaluate(
        """() => {
          const edge = (place) => document.querySelector(place).getBoundingClientRect();
          const top = edge("input[name=levels]").top - edge(".top-bar").bottom + 18;
          scrollBy({top, behavior: "instant"});
        }"""
    )
    page.evaluate(AXE.read_text(encoding="utf-8"))
    rule = {"runOnly": {"type": "rule", "values": ["target-size"]}}
    found = page.evaluate("async rule => (await axe.run(document, rule)).violations.length", rule)
    assert found == 1  # the control: axe itself minds
    assert_accessible(page)


def test_the_tests_that_look_at_the_other_pages_exist() -> None:
    for named in set(ELSEWHERE.values()):
        module, name = named.split(".")
        assert f"def {name}(" in (Path(__file__).parent / f"{module}.py").read_text(encoding="utf-8"), named


def test_the_parts_of_the_interface_are_accessible(
    context: BrowserContext, server: Server, check_axe: Callable[[Page], None]
) -> None:
    del server
    page: Any = context.new_page()
    # 404: HUB_DEVELOPMENT is off.
    assert page.goto("/style").status == 200
    check_axe(page)
