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
    publishes_sends        = true
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

  # What may be in doubt is found without reading the whole table.
  assert {
    condition     = [for index in aws_dynamodb_table.ledger.global_secondary_index : "${index.name} ${index.hash_key} ${index.range_key} ${index.projection_type}"] == ["unsettled unsettled updated_at ALL"]
    error_message = "One index: unsettled, sorted by updated_at, with the whole item."
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

# Python reads every one of these, and refuses to start without.
run "settings_reach_the_function" {
  command = plan

  override_module {
    target  = module.notices
    outputs = { arn = "arn:aws:sns:eu-west-1:123456789012:mailroom-test-notices" }
  }

  override_module {
    target = module.queue
    outputs = {
      url = "https://sqs.eu-west-1.amazonaws.com/123456789012/mailroom-test-inbound"
      arn = "arn:aws:sqs:eu-west-1:123456789012:mailroom-test-inbound"
    }
  }

  variables {
    verdict_policy            = { spam = "drop", unscanned = "junk" }
    allowed_recipient_domains = ["example.com", ".example.org"]
    sends_per_second          = 0.5
    keep                      = { files_below_kb = 20 }
    limits                    = { recipients = 7, message_mb = 2, attachments = 9 }
    notice_shows_text         = true
    ledger_retention_days     = 30
  }

  assert {
    condition = module.function.environment == tomap({
      LOG_LEVEL                      = "INFO"
      RAW_BUCKET                     = "mailroom-test-raw-123456789012-eu-west-1"
      ATTACHMENTS_BUCKET             = "mailroom-test-attachments-123456789012-eu-west-1"
      LEDGER_TABLE                   = "mailroom-test-ledger"
      LEDGER_RETENTION_DAYS          = "30"
      LINKS_TABLE                    = "mailroom-test-links"
      LINKS_URL                      = "https://links.example.com"
      LINK_EXPIRY_HOURS              = "36"
      NOTICE_TOPIC_ARN               = "arn:aws:sns:eu-west-1:123456789012:mailroom-test-notices"
      NOTICE_SHOWS_TEXT              = "true"
      INBOUND_QUEUE_URL              = "https://sqs.eu-west-1.amazonaws.com/123456789012/mailroom-test-inbound"
      RETRY_SECONDS                  = "60"
      SENDER_ADDRESS                 = "mailroom@mail.example.com"
      CONFIGURATION_SET              = "mailroom-test-inbound"
      SENDS_PER_SECOND               = "0.5"
      RECIPIENTS_MARKER              = ":Email_Rxers_Code:"
      ALLOWED_RECIPIENT_DOMAINS      = "example.com,.example.org"
      VERDICT_POLICY                 = "{\"dkim\":\"forward\",\"dmarc\":\"notify\",\"spam\":\"drop\",\"spf\":\"forward\",\"unscanned\":\"junk\",\"virus\":\"notify\"}"
      MAXIMUM_MESSAGE_BYTES          = "2097152"
      MAXIMUM_ATTACHMENTS            = "9"
      MAXIMUM_RECIPIENTS             = "7"
      KEEP_FILES_BELOW_BYTES         = "20000"
      KEEP_INLINE_IMAGES_BELOW_BYTES = "100000"
      SHOW_ALL_RECIPIENTS            = "false"
    })
    error_message = "Each setting must be in the function's environment, by the name and in the unit that it reads."
  }

  # One mail's wait for its turn costs no other mail a try.
  assert {
    condition     = aws_lambda_event_source_mapping.queue.batch_size == 1
    error_message = "With a sending rate each call must get one mail."
  }

  assert {
    condition     = module.settle.environment == tomap({ LOG_LEVEL = "INFO", LEDGER_TABLE = "mailroom-test-ledger" })
    error_message = "settle needs the ledger's name and no more."
  }
}

run "left_alone_the_settings_are_the_documented_ones" {
  command = plan

  assert {
    condition     = module.function.environment["VERDICT_POLICY"] == "{\"dkim\":\"forward\",\"dmarc\":\"notify\",\"spam\":\"junk\",\"spf\":\"forward\",\"unscanned\":\"forward\",\"virus\":\"notify\"}"
    error_message = "Virus and DMARC failure: notify; spam: junk; SPF or DKIM failure alone, or unscanned: forward."
  }

  assert {
    condition = { for name in ["ALLOWED_RECIPIENT_DOMAINS", "SENDS_PER_SECOND", "KEEP_FILES_BELOW_BYTES", "KEEP_INLINE_IMAGES_BELOW_BYTES", "NOTICE_SHOWS_TEXT", "LEDGER_RETENTION_DAYS"] : name => module.function.environment[name] } == {
      ALLOWED_RECIPIENT_DOMAINS      = ""
      SENDS_PER_SECOND               = "0"
      KEEP_FILES_BELOW_BYTES         = "0"
      KEEP_INLINE_IMAGES_BELOW_BYTES = "100000"
      NOTICE_SHOWS_TEXT              = "false"
      LEDGER_RETENTION_DAYS          = "90"
    }
    error_message = "All domains, no limit of ours, no file kept in the mail but small images, no text in a notice, 90 days."
  }
}

################################################################################
# Sends
################################################################################

run "ses_tells_the_ledger_what_it_took" {
  command = plan

  # The rule hears our mails in our set and nobody else's.
  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.sends.event_pattern) == {
      source        = ["aws.ses"]
      "detail-type" = ["Email Sent"]
      detail        = { mail = { tags = { "mailroom-mail" = [{ exists = true }], "ses:configuration-set" = ["mailroom-test-inbound"] } } }
    }
    error_message = "The rule must take SES's Email Sent events that carry our tag, of our configuration set."
  }

  # They wait in a queue of their own.
  assert {
    condition     = aws_cloudwatch_event_rule.sends.name == "mailroom-test-inbound-sends" && aws_cloudwatch_event_target.sends.arn == "arn:aws:sqs:eu-west-1:123456789012:mailroom-test-inbound-sends"
    error_message = "The events must go to the queue inbound-sends."
  }

  assert {
    condition     = module.sends.visibility_timeout_seconds == 6 * module.settle.timeout_seconds
    error_message = "The queue must hide an event 6 times as long as settle may take."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.sends.function_response_types == toset(["ReportBatchItemFailures"])
    error_message = "Only the events that failed may come back."
  }

  # `arrivals` and `waiting` would ring at each mail to many.
  assert {
    condition     = keys(module.sends.alarm_names) == ["dead_letters", "oldest_age"]
    error_message = "Events that gave up, and events that wait too long, ring; many events are no news."
  }

  # `sending` made the set with its event destination.
  assert {
    condition     = length(aws_sesv2_configuration_set_event_destination.sends) == 0
    error_message = "A set that publishes its sends needs no second event destination."
  }
}

run "a_set_that_was_there_before_gets_an_event_destination" {
  command = plan

  variables {
    sending = {
      sender_address         = "mailroom@mail.example.com"
      identity_arn           = "arn:aws:ses:eu-west-1:123456789012:identity/mail.example.com"
      configuration_set_name = "theirs"
      configuration_set_arn  = "arn:aws:ses:eu-west-1:123456789012:configuration-set/theirs"
      publishes_sends        = false
    }
  }

  assert {
    condition = [for destination in aws_sesv2_configuration_set_event_destination.sends : "${destination.configuration_set_name} ${destination.event_destination_name}"] == [
      "theirs mailroom-test-inbound-sends",
    ]
    error_message = "The existing set must get a destination of our name, which cannot meet another's."
  }

  assert {
    condition = alltrue([
      for destination in aws_sesv2_configuration_set_event_destination.sends :
      destination.event_destination[0].matching_event_types == toset(["SEND"])
      && destination.event_destination[0].event_bridge_destination[0].event_bus_arn == "arn:aws:events:eu-west-1:123456789012:event-bus/default"
    ])
    error_message = "Send events, and no others, must go to the default bus."
  }
}

run "retention_is_a_setting_everywhere" {
  command = plan

  variables {
    raw_retention_days    = 30
    ledger_retention_days = 31
    queue                 = { retention_days = 2, dead_letter_retention_days = 3 }
    sends_queue           = { retention_days = 4, dead_letter_retention_days = 5 }
  }

  assert {
    condition     = module.queue.retention_days == { queue = 2, dead_letters = 3 } && module.sends.retention_days == { queue = 4, dead_letters = 5 }
    error_message = "Both queues and both dead-letter queues keep as long as they are told to."
  }
}

# The ledger is what stops a replayed mail from going out twice.
run "a_ledger_that_forgets_before_the_raw_mail_is_gone_is_refused" {
  command = plan

  variables {
    raw_retention_days    = 90
    ledger_retention_days = 90
  }

  expect_failures = [var.ledger_retention_days]
}

################################################################################
# Receipt addresses
################################################################################

run "a_former_address_receives_until_its_last_day_is_over" {
  command = plan

  variables {
    former_receipt_addresses = {
      "old@in.mail.example.com"   = "2999-12-31"
      "old@else.mail.example.com" = "2999-12-31"
      "gone@mail.example.com"     = "2000-01-01"
    }
  }

  assert {
    condition     = aws_ses_receipt_rule.this.recipients == toset(["reports@in.mail.example.com", "old@in.mail.example.com", "old@else.mail.example.com"])
    error_message = "The rule must take the present address and those whose last day is not over."
  }

  assert {
    condition     = [for record in output.dns_records : record.name] == ["else.mail.example.com", "in.mail.example.com"]
    error_message = "Each domain that receives needs its MX record, once."
  }
}

run "today_is_a_day_that_is_not_over" {
  command = plan

  variables {
    former_receipt_addresses = {
      "today@in.mail.example.com"     = formatdate("YYYY-MM-DD", timestamp())
      "yesterday@in.mail.example.com" = formatdate("YYYY-MM-DD", timeadd(timestamp(), "-24h"))
    }
  }

  assert {
    condition     = aws_ses_receipt_rule.this.recipients == toset(["reports@in.mail.example.com", "today@in.mail.example.com"])
    error_message = "The last day counts, the day after does not."
  }
}

run "a_last_day_that_is_no_day_is_refused" {
  command = plan

  variables {
    former_receipt_addresses = { "old@in.mail.example.com" = "2026-02-30" }
  }

  expect_failures = [var.former_receipt_addresses]
}

run "the_sender_as_a_former_receipt_address_is_refused" {
  command = plan

  variables {
    former_receipt_addresses = { "mailroom@mail.example.com" = "2999-12-31" }
  }

  expect_failures = [var.former_receipt_addresses]
}

################################################################################
# Rule set
################################################################################

run "without_a_word_the_rule_set_is_made_and_named_by_the_prefix" {
  command = plan

  variables {
    rule_set = null
  }

  assert {
    condition     = [for set in aws_ses_active_receipt_rule_set.this : set.rule_set_name] == ["mailroom-test"] && aws_ses_receipt_rule.this.rule_set_name == "mailroom-test"
    error_message = "The default is a rule set of our own, named by the prefix."
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

# SES takes mail for reports+anything@ by a rule that says reports@.
run "the_sender_as_receipt_address_with_a_label_is_refused" {
  command = plan

  variables {
    receipt_address = "mailroom+sensors@mail.example.com"
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
    sends_per_second   = 0.001
    keep               = { files_below_kb = 2001 }
    verdict_policy     = { virus = "eat" }

    allowed_recipient_domains = ["*.example.com"]
  }

  expect_failures = [
    var.receipt_address, var.marker, var.limits, var.processor, var.raw_retention_days, var.dns_ttl_seconds, var.sends_per_second,
    var.keep, var.verdict_policy, var.allowed_recipient_domains,
  ]
}
