"""Why a drill may not have come: what can be seen of its way, each thing with the next command to try."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mailroom.environment import Environment
from mailroom.status.drill import Outcome

MESSAGES = {
    "ApproximateNumberOfMessages": "wait",
    "ApproximateNumberOfMessagesNotVisible": "are being worked",
}


@dataclass(frozen=True)
class Cause:
    """What is seen, and the command to try next."""

    seen: str
    next: str


def causes(environment: Environment, outcome: Outcome) -> list[Cause]:
    """What is seen along the way of this drill, from its source to the table; never empty."""
    looks = [_LOOKS[outcome.sent.source], _queue, _dead_letters]
    found = [cause for look in looks for cause in _looked(look, environment, outcome)]
    patience = f"mailroom status show {outcome.sent.message_id} --env {environment.name}"
    if outcome.item:
        later = f"It is {outcome.status}: what follows has not come yet, and may come later."
        return [*found, Cause(later, patience)]
    return found or [Cause("Nothing is wrong that can be seen from here: it may only be slow.", patience)]


def _looked(
    look: Callable[[Environment, Outcome], Iterator[Cause]], environment: Environment, outcome: Outcome
) -> Iterator[Cause]:
    from botocore.exceptions import ClientError

    try:
        yield from look(environment, outcome)
    except ClientError as problem:
        code = problem.response["Error"].get("Code", "an error")
        yield Cause(
            f"{problem.operation_name} answers {code}, so that part was not seen.",
            "aws sts get-caller-identity",
        )


def _ses(environment: Environment, outcome: Outcome) -> Iterator[Cause]:
    """The configuration set must publish to EventBridge, and the rule must be on."""
    name = outcome.sent.way
    answer = environment.client("sesv2").get_configuration_set_event_destinations(ConfigurationSetName=name)
    bridged = [
        one
        for one in answer.get("EventDestinations", [])
        if one.get("Enabled") and one.get("EventBridgeDestination")
    ]
    if not bridged:
        yield Cause(
            f"The configuration set {name} publishes nothing to EventBridge.",
            f"add it to status.ses.configuration_sets in terraform/environments/{environment.name}.tfvars, "
            f"then make apply ENV={environment.name}",
        )
    yield from _rule(environment, "ses")


def _sms(environment: Environment, outcome: Outcome) -> Iterator[Cause]:
    yield from _rule(environment, "sms")


def _rule(environment: Environment, source: str) -> Iterator[Cause]:
    name = f"{environment.output('name_prefix')}-status-{source}"
    events = environment.client("events")
    try:
        state = events.describe_rule(Name=name)["State"]
    except events.exceptions.ResourceNotFoundException:
        yield Cause(
            f"There is no event rule {name}: the source {source} is off, or was taken away.",
            f"make plan ENV={environment.name}",
        )
        return
    if state != "ENABLED":
        region = environment.output("region")
        yield Cause(
            f"The event rule {name} is switched off.",
            f"aws events enable-rule --region {region} --name {name}",
        )


def _pinpoint(environment: Environment, outcome: Outcome) -> Iterator[Cause]:
    """The stream must be alive. (Where Pinpoint's own stream leads elsewhere no drill is stopped.)"""
    stream = outcome.sent.way
    described = environment.client("firehose").describe_delivery_stream(DeliveryStreamName=stream)
    state = described["DeliveryStreamDescription"]["DeliveryStreamStatus"]
    if state != "ACTIVE":
        yield Cause(f"The stream {stream} is {state}.", f"make plan ENV={environment.name}")
    elif not outcome.item:
        function = environment.output("status_transform_function_name")
        yield Cause(
            "Firehose gathers for a while before it calls the transform, whose log says what it saw.",
            f"mailroom status drill --source pinpoint --wait 300 --env {environment.name}; "
            f"aws logs tail /aws/lambda/{function} --region {environment.output('region')}",
        )


def _queue(environment: Environment, outcome: Outcome) -> Iterator[Cause]:
    url = environment.output("status_queue_url")
    for name, count in _counted(environment, url).items():
        if count:
            function = environment.output("status_function_name")
            yield Cause(
                f"{count} events {MESSAGES[name]} in the queue: the function is slow, throttled or failing.",
                f"aws logs tail /aws/lambda/{function} --region {environment.output('region')}",
            )


def _dead_letters(environment: Environment, outcome: Outcome) -> Iterator[Cause]:
    url = environment.output("status_dead_letter_queue_url")
    count = _counted(environment, url)["ApproximateNumberOfMessages"]
    if count:
        yield Cause(
            f"{count} events lie in the dead-letter queue, each with its reason.",
            f"aws sqs receive-message --region {environment.output('region')} --queue-url {url} "
            "--max-number-of-messages 10 --visibility-timeout 0 --message-attribute-names reason "
            "| mailroom status explain -",
        )


def _counted(environment: Environment, url: str) -> dict[str, int]:
    answer = environment.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=list(MESSAGES))
    return {name: int(answer["Attributes"][name]) for name in MESSAGES}


_LOOKS = {"ses": _ses, "sms": _sms, "pinpoint": _pinpoint}
