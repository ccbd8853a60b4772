# Decisions, with a mocked provider: nothing is asked of AWS, and only what we decide is looked at.
# A mocked provider invents what a policy document says, so it is given an empty one; what the documents
# really say is tested in policies.tftest.hcl.
mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

variables {
  package         = "main.tf" # any file that is there: what is in it does not matter at plan
  receipt_address = "reports@in.mail.example.com"
  rule_set        = { create = "mailroom" }

  sending = {
    sender_address         = "mailroom@mail.example.com"
    identity_arn           = "arn:aws:ses:eu-west-1:123456789012:identity/mail.example.com"
    configuration_set_name = "mailroom-test-inbound"
    configuration_set_arn  = "arn:aws:ses:eu-west-1:123456789012:configuration-set/mailroom-test-inbound"
  }

  links = {
    url                    = "https://links.example.com"
    expiry_hours           = 36
    table_name             = "mailroom-test-links"
    table_arn              = "arn:aws:dynamodb:eu-west-1:123456789012:table/mailroom-test-links"
    attachments_bucket     = "mailroom-test-attachments-123456789012-eu-west-1"
    attachments_bucket_arn = "arn:aws:s3:::mailroom-test-attachments-123456789012-eu-west-1"
  }

  context = {
    name_prefix        = "mailroom-test"
    account_id         = "123456789012"
    region             = "eu-west-1"
    kms_key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    alarm_topic_arn    = "arn:aws:sns:eu-west-1:123456789012:mailroom-test-alarms"
    retain_data        = true
    log_retention_days = 30
    log_level          = "INFO"
  }
}

run "the_defaults_hold" {
  command = plan

  # The owner makes the rule set and makes it active.
  assert {
    condition     = [for set in aws_ses_receipt_rule_set.this : set.rule_set_name] == ["mailroom"] && [for set in aws_ses_active_receipt_rule_set.this : set.rule_set_name] == ["mailroom"]
    error_message = "With create, the set is made and active."
  }

  # Mail is taken by TLS, scanned, and stored below incoming/.
  assert {
    condition = (
      aws_ses_receipt_rule.this.tls_policy == "Require"
      && aws_ses_receipt_rule.this.scan_enabled
      && aws_ses_receipt_rule.this.recipients == toset(["reports@in.mail.example.com"])
      && [for action in aws_ses_receipt_rule.this.s3_action : "${action.position} ${action.bucket_name} ${action.object_key_prefix}"] == ["1 mailroom-test-raw-123456789012-eu-west-1 incoming/"]
    )
    error_message = "The rule: this one address, TLS required, scanning on, into the raw bucket below incoming/."
  }

  # With a key in the action SES would encrypt by itself, and only its own client could read the mail.
  assert {
    condition     = alltrue([for action in aws_ses_receipt_rule.this.s3_action : action.kms_key_arn == null])
    error_message = "The bucket encrypts; the rule's action must name no key."
  }

  # Only incoming mail wakes the queue.
  assert {
    condition     = [for queue in aws_s3_bucket_notification.raw.queue : "${queue.filter_prefix} ${join(",", queue.events)} ${queue.queue_arn}"] == ["incoming/ s3:ObjectCreated:* arn:aws:sqs:eu-west-1:123456789012:mailroom-test-inbound"]
    error_message = "One notification: what is created below incoming/ goes to the queue."
  }

  # The batch answers with what failed.
  assert {
    condition = (
      aws_lambda_event_source_mapping.queue.function_response_types == toset(["ReportBatchItemFailures"])
      && aws_lambda_event_source_mapping.queue.batch_size == 10
      && aws_lambda_event_source_mapping.queue.scaling_config[0].maximum_concurrency == 5
    )
    error_message = "Ten mails a call, five calls at once, and only what failed comes back."
  }

  # The ledger is what Python writes.
  assert {
    condition     = aws_dynamodb_table.ledger.name == "mailroom-test-ledger" && aws_dynamodb_table.ledger.hash_key == "mail" && aws_dynamodb_table.ledger.range_key == "part" && aws_dynamodb_table.ledger.ttl[0].attribute_name == "removed_at"
    error_message = "The keys must be mail and part, and items must end by removed_at."
  }

  assert {
    condition     = aws_dynamodb_table.ledger.deletion_protection_enabled
    error_message = "Deletion protection must follow retain_data."
  }

  # The MX record is listed without a zone and not made.
  assert {
    condition     = length(aws_route53_record.mx) == 0 && [for record in output.dns_records : "${record.name} ${record.type} ${record.value}"] == ["in.mail.example.com MX 10 inbound-smtp.eu-west-1.amazonaws.com"]
    error_message = "Without a zone the MX record is listed only."
  }
}

# Destroying an active rule set that is another's would switch off everybody's receiving.
run "who_joins_touches_neither_the_set_nor_what_is_active" {
  command = plan

  variables {
    rule_set   = { join = "everybodys" }
    after_rule = "theirs"
  }

  assert {
    condition     = length(aws_ses_receipt_rule_set.this) == 0 && length(aws_ses_active_receipt_rule_set.this) == 0
    error_message = "With join, the set and what is active belong to another."
  }

  assert {
    condition     = aws_ses_receipt_rule.this.rule_set_name == "everybodys" && aws_ses_receipt_rule.this.after == "theirs"
    error_message = "With join, our rule goes into the named set, after the named rule."
  }
}

# AWS's own advice: a batch whose call was throttled or timed out must not be handed out twice meanwhile.
run "the_queue_hides_a_mail_six_times_as_long_as_a_call_may_take" {
  command = plan

  variables {
    processor = { timeout_seconds = 15 }
  }

  assert {
    condition     = module.queue.visibility_timeout_seconds == 90
    error_message = "The visibility timeout must be 6 times the function's timeout."
  }
}

run "with_a_zone_the_mx_record_is_made" {
  command = plan

  variables {
    route53_zone = { id = "Z0123456789ABC" }
  }

  assert {
    condition     = [for record in aws_route53_record.mx : "${record.zone_id} ${record.name} ${one(record.records)}"] == ["Z0123456789ABC in.mail.example.com 10 inbound-smtp.eu-west-1.amazonaws.com"]
    error_message = "With a zone the MX record is made in it."
  }
}

run "create_and_join_together_are_refused" {
  command = plan

  variables {
    rule_set = { create = "mailroom", join = "mailroom" }
  }

  expect_failures = [var.rule_set]
}

# Mail that we send to our own receipt address would come in again, for ever.
run "the_sender_as_receipt_address_is_refused" {
  command = plan

  variables {
    receipt_address = "mailroom@mail.example.com"
  }

  expect_failures = [var.receipt_address]
}

run "a_region_that_receives_no_mail_is_refused" {
  command = plan

  variables {
    context = merge(var.context, { region = "me-central-1" })
  }

  expect_failures = [var.context]
}

run "bad_settings_are_refused" {
  command = plan

  variables {
    receipt_address    = "Reports"
    marker             = "a,b@c"
    limits             = { recipients = 51, message_mb = 41, attachments = 0 }
    processor          = { batch_size = 11, maximum_concurrency = 1, retry_seconds = 0 }
    raw_retention_days = 0
    dns_ttl_seconds    = 1
  }

  expect_failures = [var.receipt_address, var.marker, var.limits, var.processor, var.raw_retention_days, var.dns_ttl_seconds]
}
