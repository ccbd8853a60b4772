"""Does a received mail come from the bucket to the function, and to an end?"""

import json
from fnmatch import fnmatchcase
from typing import Any

from mailroom.inbound.doctor.patient import Patient, Result, ok, trouble, unless_missing
from mailroom.inbound.stored import PREFIX, SETUP_NOTIFICATION, look


def bucket_policy(patient: Patient) -> Result:
    """SES writes as a service, so the bucket itself must let it: this account, and our rule."""
    bucket = patient.output("raw_bucket")
    answer = unless_missing(lambda: patient.client("s3").get_bucket_policy(Bucket=bucket))
    statements = _many(json.loads(answer["Policy"])["Statement"]) if answer else []
    if any(_lets_ses_write(statement, bucket, patient) for statement in statements):
        return ok(f"{bucket} does")
    return trouble(
        f"the policy of {bucket} does not let SES write to {PREFIX} for our rule: the mail is lost",
        f"make apply ENV={patient.environment.name}",
    )


def notification(patient: Patient) -> Result:
    """S3 tells the queue of each new object; a second set-up would have overwritten ours."""
    found = patient.client("s3").get_bucket_notification_configuration(Bucket=patient.output("raw_bucket"))
    queue = _queue_name(patient)
    for entry in found.get("QueueConfigurations", []):
        if entry["QueueArn"].rpartition(":")[2] == queue and any(
            "Created" in event for event in entry["Events"]
        ):
            return ok(f"it tells {queue}")
    env = patient.environment.name
    return trouble(
        f"the raw bucket does not tell {queue}: mail is stored and nobody hears of it",
        f"make apply ENV={env}, then mailroom inbound replay --since 3d --env {env}",
    )


def mapping(patient: Patient) -> Result:
    """Lambda reads the queue by an event source mapping, which can be switched off."""
    function, queue = patient.output("inbound_function_name"), _queue_name(patient)
    answer = patient.client("lambda").list_event_source_mappings(FunctionName=function)
    ours = [
        entry
        for entry in answer["EventSourceMappings"]
        if entry["EventSourceArn"].rpartition(":")[2] == queue
    ]
    if not ours:
        return trouble(f"nothing brings {queue} to {function}", f"make apply ENV={patient.environment.name}")
    state = ours[0]["State"]
    if state in ("Enabled", "Enabling", "Creating", "Updating"):
        return ok(f"{queue} to {function}: {state}")
    return trouble(
        f"the mapping from {queue} to {function} is {state}: mail waits",
        f"aws lambda update-event-source-mapping --enabled --uuid {ours[0]['UUID']}",
    )


def concurrency(patient: Patient) -> Result:
    """A reserved concurrency of 0 is how a function is stopped in an emergency."""
    function = patient.output("inbound_function_name")
    answer = patient.client("lambda").get_function_concurrency(FunctionName=function)
    reserved = answer.get("ReservedConcurrentExecutions")
    if reserved == 0:
        return trouble(
            f"{function} has a reserved concurrency of 0: it never runs, mail waits",
            f"aws lambda delete-function-concurrency --function-name {function}",
        )
    return ok(f"{function} may" + (f", {reserved} at once" if reserved else ""))


def functions(patient: Patient) -> Result:
    """Each function is called with an empty event, which every one answers without doing anything."""
    from mailroom.smoke.functions import failed_functions

    failed = failed_functions(patient.environment)
    if not failed:
        return ok("all do")
    return trouble(
        "; ".join(f"{name}: {why}" for name, why in failed.items()),
        f"aws logs tail /aws/lambda/{next(iter(failed))} --since 10m",
    )


def setup_notification(patient: Patient) -> Result:
    """SES writes it when a rule is made. Where nothing else ever came, the MX record is the suspect."""
    s3, bucket = patient.client("s3"), patient.output("raw_bucket")
    stored = s3.list_objects_v2(Bucket=bucket, Prefix=PREFIX, MaxKeys=2).get("Contents", [])
    mails = [entry for entry in stored if entry["Key"] != SETUP_NOTIFICATION]
    if mails:
        return ok("mail has come in")
    if look(s3, bucket, SETUP_NOTIFICATION):
        return ok("it is there, and no mail is stored: if mail was sent, look at the MX record above first")
    return ok("no mail is stored")


def dead_letters(patient: Patient) -> Result:
    """Mail that was tried too often and waits for a person."""
    url, name = patient.output("inbound_dead_letter_queue_url"), "ApproximateNumberOfMessages"
    answer = patient.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[name])
    count = int(answer["Attributes"][name])
    if not count:
        return ok("none")
    env, function = patient.environment.name, patient.output("inbound_function_name")
    return trouble(
        f"{count} in the dead-letter queue",
        f"read the log of {function}, then mailroom inbound replay --failed --env {env}",
    )


def send_events(patient: Patient) -> Result:
    """SES's Send events come by a rule of EventBridge; without them no doubt settles by itself."""
    queue = patient.output("inbound_sends_queue_url").rpartition("/")[2]
    rule = unless_missing(lambda: patient.client("events").describe_rule(Name=queue))
    if rule is None:
        return trouble(
            f"there is no rule {queue}: sends in doubt stay so", f"make apply ENV={patient.environment.name}"
        )
    if rule["State"] == "DISABLED":
        return trouble(
            f"the rule {queue} is disabled: sends in doubt stay so", f"aws events enable-rule --name {queue}"
        )
    return ok(f"they come by the rule {queue}")


def doubts(patient: Patient) -> Result:
    """Sends whose answer was lost, which only SES's event or a person can settle."""
    count = sum(person.state == "doubtful" for person in patient.ledger.unsettled())
    if not count:
        return ok("none")
    return trouble(f"{count} recipients", f"mailroom inbound doubtful --env {patient.environment.name}")


def _lets_ses_write(statement: dict[str, Any], bucket: str, patient: Patient) -> bool:
    principal = statement.get("Principal", {})
    services = _many(principal.get("Service", [])) if isinstance(principal, dict) else []
    sample = f"{PREFIX}anything"
    return (
        statement.get("Effect") == "Allow"
        and "ses.amazonaws.com" in services
        and any(fnmatchcase("s3:PutObject", action) for action in _many(statement.get("Action", [])))
        and any(
            fnmatchcase(sample, resource.rpartition(f":{bucket}/")[2])
            for resource in _many(statement.get("Resource", []))
            if f":{bucket}/" in resource
        )
        and _conditions_hold(statement.get("Condition", {}), patient)
    )


def _conditions_hold(conditions: dict[str, Any], patient: Patient) -> bool:
    """The two conditions that SES's documentation asks for; others are taken to hold."""
    # Where the rule or its set is missing, which another check tells: the names that they should have.
    outputs = patient.environment.outputs
    rule = (patient.our_rule or {}).get("Name") or outputs.get("rule_name", "")
    name = patient.rule_set.get("Metadata", {}).get("Name") or outputs.get("rule_set_name", "")
    account = patient.output("account_id")
    here = f"{patient.region}:{account}:receipt-rule-set/{name}:receipt-rule/{rule}"
    for tests in conditions.values():
        for key, values in tests.items():
            if key.lower() == "aws:sourceaccount" and account not in _many(values):
                return False
            patterns = [one.partition(":ses:")[2] for one in _many(values)]
            if key.lower() == "aws:sourcearn" and not any(fnmatchcase(here, one) for one in patterns):
                return False
    return True


def _queue_name(patient: Patient) -> str:
    return patient.output("inbound_queue_url").rpartition("/")[2]


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
