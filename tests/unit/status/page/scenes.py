"""What the browser tests look at: a day's messages, one message with everything, and words that mean harm."""

from __future__ import annotations

from tests.unit.status.page.fake import World

FROM = {"from_address": "orders@mail.example"}
SMS = {
    "origination_phone_number": "+12065550100",
    "iso_country_code": "GB",
    "message_type": "TRANSACTIONAL",
}
USER_UNKNOWN = (
    "smtp; 550 5.1.1 <gone@far.example>: Recipient address rejected: User unknown in virtual mailbox table"
)
MAILBOX_FULL = "smtp; 452 4.2.2 The email account that you tried to reach is over quota. https://support.google.com/mail/?p=OverQuotaTemp"
NEWSLETTER = "0102018f3b2c7a41-5b1c9f7e-6a3d-4f8e-9c55-2d1f0a7be311-000000"


def mail_id(number: int) -> str:
    """An id as SES makes them."""
    return f"0102018f3b2c{number:04x}-5b1c9f7e-6a3d-4f8e-9c55-{number * 7919:012x}-000000"


def ordinary(world: World, number: int = 120) -> None:
    """Mails that were delivered, some with a campaign, every tenth to the same person."""
    for at in range(number):
        to = "anna.berg@far.example" if at % 10 == 0 else f"person{at}@far.example"
        facts = {**FROM, **({"campaign_id": "november-2026"} if at % 3 == 0 else {})}
        ago = 12.0 * at + 3
        world.tell(mail_id(at), to, "send", ago + 0.02, facts=facts)
        world.tell(mail_id(at), to, "delivered", ago, "250 2.6.0 Message received", number="880")
        if at % 4 == 0:
            world.tell(mail_id(at), to, "open", ago - 1, mark=f"o{at:07}")


def troubled(world: World) -> dict[str, str]:
    """What went wrong today, by name."""
    ids = {
        name: mail_id(1000 + at)
        for at, name in enumerate(("gone", "full", "spam", "virus", "template", "slow", "stuck"))
    }

    def sent(name: str, to: str, ago: float) -> None:
        world.tell(ids[name], to, "send", ago, facts={**FROM, "reference": f"order-{ids[name][12:16]}"})

    sent("gone", "gone@far.example", 42)
    world.tell(
        ids["gone"], "gone@far.example", "hardbounce", 41.9, USER_UNKNOWN, kind="Permanent", sub="General"
    )
    sent("full", "full@far.example", 300)
    for tries in range(3):
        world.tell(
            ids["full"],
            "full@far.example",
            "delayed",
            290 - 60 * tries,
            MAILBOX_FULL,
            kind="MailboxFull",
            mark=f"d{tries:07}",
        )
    world.tell(
        ids["full"], "full@far.example", "softbounce", 95, MAILBOX_FULL, kind="Transient", sub="MailboxFull"
    )
    sent("spam", "bert@far.example", 190)
    world.tell(ids["spam"], "bert@far.example", "delivered", 189, "250 ok", number="1210")
    world.tell(ids["spam"], "bert@far.example", "complaint", 120, "", kind="abuse")
    sent("virus", "carl@far.example", 400)
    world.tell(ids["virus"], "carl@far.example", "rejected", 399.9, "Bad content")
    world.tell(
        ids["template"],
        "dora@far.example",
        "rendering_failure",
        510,
        "Attribute 'firstName' is not present in the rendering data.",
        kind="welcome",
        facts=FROM,
    )
    sent("slow", "slow@far.example", 31)
    world.tell(
        ids["slow"],
        "slow@far.example",
        "delayed",
        25,
        "smtp; 421 4.7.0 Try again later",
        kind="IPFailure",
        mark="d0000009",
    )
    sent("stuck", "silent@far.example", 60 * 30)
    return ids


def texts(world: World) -> dict[str, str]:
    """Text messages: delivered, on their way, failed, without the carrier's answer."""
    ids = {
        name: f"7b8f{at:04x}-0f0e-4b52-8f1c-5d1c7e3a9b20"
        for at, name in enumerate(("good", "waiting", "bad", "silent"))
    }
    told = {"channel": "sms", "facts": SMS}
    world.tell(
        ids["good"],
        "+447700900123",
        "buffered",
        20,
        "Message has been accepted by phone carrier",
        kind="PENDING",
        final=False,
        **told,
    )
    world.tell(
        ids["good"],
        "+447700900123",
        "success",
        19.5,
        "Message has been accepted by phone",
        kind="DELIVERED",
        number="4060",
        **told,
    )
    world.tell(
        ids["waiting"],
        "+447700900124",
        "buffered",
        2,
        "Message is queued",
        kind="QUEUED",
        final=False,
        **told,
    )
    world.tell(
        ids["bad"],
        "+447700900125",
        "failure",
        75,
        "Phone is currently unreachable/unavailable",
        kind="UNREACHABLE",
        **told,
    )
    world.tell(
        ids["silent"],
        "+447700900126",
        "buffered",
        60 * 80,
        "Message has been accepted by phone carrier",
        kind="PENDING",
        final=False,
        **told,
    )
    return ids


def newsletter(world: World) -> str:
    """One mail to four people, to whom different things happened; its id."""
    facts = {
        **FROM,
        "campaign_id": "november-2026",
        "reference": "newsletter-48",
        "client": "web-shop",
        "journey_id": "winter",
    }
    people = ("anna.berg@far.example", "bert@far.example", "carl@far.example", "gone@far.example")
    for person in people:
        world.tell(NEWSLETTER, person, "send", 65, facts=facts, own=False)
    for at, person in enumerate(people[:3]):
        world.tell(
            NEWSLETTER,
            person,
            "delivered",
            64.9 - at / 20,
            "250 2.0.0 OK 1764280000 ffacd0b85a97d-42b2ab10f8dsi1234567f8f.122 - gsmtp",
            number=str(600 + 331 * at),
        )
        for opened in range(3):
            world.tell(NEWSLETTER, person, "open", 50 - opened * 9, own=False, mark=f"o{opened:07}")
        world.tell(NEWSLETTER, person, "open", 64.85, bot=True, own=False, mark="b0000001")
        world.tell(NEWSLETTER, person, "click", 29, own=False, mark="c0000001")
    world.tell(NEWSLETTER, people[1], "complaint", 12, kind="abuse")
    world.tell(
        NEWSLETTER,
        people[3],
        "hardbounce",
        64.8,
        "smtp; 550 5.1.1 User unknown",
        kind="Permanent",
        sub="NoEmail",
    )
    return NEWSLETTER


def hours(world: World, number: int = 168) -> None:
    """What CloudWatch counted: busy days, quiet nights, one bad hour, one hour with nothing."""
    for ago in range(number):
        clock = (world.now.hour - ago) % 24
        busy = 40 + 900 * max(0, 1 - abs(clock - 13) / 8)
        sent = int(busy * (0.9 + 0.2 * ((ago * 7919) % 11) / 10))
        failed = sent // 3 if ago == 9 else (sent * ((ago * 31) % 7)) // 400
        if ago == 4:
            continue
        world.count(
            ago,
            email_send=sent,
            email_delivered=sent - failed,
            email_hardbounce=failed,
            sms_buffered=sent // 20,
            sms_success=sent // 22,
            sms_failure=sent // 300,
        )


def full(world: World) -> dict[str, str]:
    """All of it; ids by name."""
    ordinary(world)
    hours(world)
    return {**troubled(world), **texts(world), "news": newsletter(world)}


HOSTILE = (
    "<script>window.ran=1</script>",
    "<img src=x onerror=window.ran=1>",
    '"><svg onload=window.ran=1>',
    "javascript:window.ran=1",
    "' onmouseover=window.ran=1 x='",
    "</pre></details><iframe srcdoc='<script>top.ran=1</script>'></iframe>",
    "\u202egnp.exe\u2066 \u0000\u0007 ${window.ran=1} {{constructor.constructor('window.ran=1')()}}",
)


def hostile(world: World) -> list[str]:
    """Each of these texts in every place that a text can come to; the ids."""
    ids = []
    for at, words in enumerate(HOSTILE):
        message_id = f"{words}-{at}"
        facts = dict.fromkeys(
            ("from_address", "campaign_id", "reference", "journey_id", "client", "source"), words
        )
        for name in ("send", "delivered", "open", "hardbounce"):
            world.tell(
                message_id,
                f"{words}@far.example",
                name,
                20 - at,
                words,
                kind=words,
                sub=words,
                facts=facts,
                mark="m0000001" if name == "open" else "",
            )
        sms = {**facts, "origination_phone_number": words, "iso_country_code": words, "message_type": words}
        world.tell(
            f"sms-{message_id}", f"{words}+44", "failure", 10, words, kind=words, channel="sms", facts=sms
        )
        ids += [message_id, f"sms-{message_id}"]
    return ids
