"""Mail in: who may send it to whom, and what the rules of the active set do with it."""

from __future__ import annotations

import logging

from .receipt import filters
from .receipt.actions import Flow, run_rule
from .receipt.arrival import Arrival as Arrival
from .receipt.arrival import NotNow as NotNow
from .receipt.arrival import Refusal as Refusal
from .receipt.arrival import Rejected as Rejected
from .receipt.mail import Mail, Run
from .receipt.matching import active_rules, covers, rules_for
from .receipt.matching import is_ours as is_ours
from .state import Region

log = logging.getLogger(__name__)


def refusal(region: Region, address: str, peer: str, *, tls: bool) -> Refusal | None:
    """Why SES would refuse this recipient from this peer, or None.

    In the order of "Concepts: email-receiving process". The words about TLS are SES's (fx-private-relay
    #757).
    """
    if filters.blocks(region, peer):
        return Refusal(550, "5.7.1 Access denied by an IP address filter")
    if not is_ours(region, address):
        return Refusal(550, "5.1.1 Requested action not taken: mailbox unavailable")
    if not tls and any(rule["TlsPolicy"] == "Require" for rule in rules_for(region, address)):
        return Refusal(550, "5.7.1 TLS required by recipient")
    return None


def receive(region: Region, arrival: Arrival) -> str:
    """Do what the active rules say with a mail, rule by rule in their order; answers SES's id for it.

    A rule runs once for all the recipients that it covers; where it ends the set, it does so for them. The
    rules are those of the moment at which the mail came ("Viewing metrics for Amazon SES email receiving").

    Raises NotNow where an action could not be done. SES itself would have taken the mail and tried that
    action again for four hours; here the sender is told to, so that whoever tests sees it. Raises Rejected
    where the mail asks for verdicts that there are not.
    """
    mail = Mail.taken(arrival, region.clock())
    region.received.keep(mail)  # before the rules: a function that one calls may answer the mail
    left, rule_set = list(arrival.recipients), region.active_rule_set or ""
    for rule in active_rules(region):
        covered = [one for one in left if covers(rule, one)]
        if covered and run_rule(Run(region, rule_set, rule, mail, covered)) is Flow.STOP_RULE_SET:
            left = [one for one in left if one not in covered]
    return mail.id
