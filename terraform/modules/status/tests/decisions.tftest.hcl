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
  package  = "main.tf" # any file that is there: what is in it does not matter at plan
  ses      = {}
  sms      = {}
  pinpoint = { application_id = "0123456789abcdef0123456789abcdef" }

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

  # Queue and fold: a hundred at a time, and the batch answers with what failed.
  assert {
    condition = (
      aws_lambda_event_source_mapping.queue.batch_size == 100
      && aws_lambda_event_source_mapping.queue.maximum_batching_window_in_seconds == 1
      && aws_lambda_event_source_mapping.queue.function_response_types == toset(["ReportBatchItemFailures"])
      && aws_lambda_event_source_mapping.queue.scaling_config[0].maximum_concurrency == 10
      && module.queue.visibility_timeout_seconds == 360
    )
    error_message = "100 events a call or what came in a second, partial answers, 10 calls at once, hidden 6 times as long as a call may take."
  }

  # One table, an item for each message and recipient, which goes by itself in the end.
  assert {
    condition = (
      aws_dynamodb_table.status.hash_key == "message_id"
      && aws_dynamodb_table.status.range_key == "recipient"
      && aws_dynamodb_table.status.billing_mode == "PAY_PER_REQUEST"
      && aws_dynamodb_table.status.deletion_protection_enabled
      && aws_dynamodb_table.status.point_in_time_recovery[0].enabled
      && aws_dynamodb_table.status.server_side_encryption[0].kms_key_arn == var.context.kms_key_arn
      && [for ttl in aws_dynamodb_table.status.ttl : ttl.attribute_name if ttl.enabled] == ["expires_at"]
    )
    error_message = "The table: on demand, protected while data is retained, recoverable, encrypted with our key, with a TTL."
  }

  # lambda_src/status/keys.py asks these indexes by these keys; `status` stands in two, so that a list can be cut by it.
  assert {
    condition = {
      for index in aws_dynamodb_table.status.global_secondary_index : index.name =>
      "${index.hash_key} ${index.range_key} ${index.projection_type} ${join(",", index.non_key_attributes == null ? [] : index.non_key_attributes)}"
      } == {
      by_recipient = "recipient status_key KEYS_ONLY "
      by_campaign  = "campaign_shard status_key INCLUDE status"
      by_reference = "reference status_key KEYS_ONLY "
      failures     = "failure_shard status_key INCLUDE status"
      unfinished   = "unfinished_shard first_key KEYS_ONLY "
    }
    error_message = "The five indexes and what they hold."
  }

  # Each function reads its settings by these names.
  assert {
    condition = (
      toset(keys(module.fold.environment)) == toset(["LOG_LEVEL", "STATUS_TABLE", "STATUS_DEAD_LETTER_QUEUE_URL", "RETENTION_DAYS", "REFERENCE_TAG"])
      && module.fold.environment["RETENTION_DAYS"] == "400" && module.fold.environment["REFERENCE_TAG"] == "reference"
      && toset(keys(module.api.environment)) == toset(["LOG_LEVEL", "STATUS_TABLE", "STATUS_FUNCTION", "STUCK_HOURS", "PAGE_ORIGINS"])
      && module.api.environment["STATUS_FUNCTION"] == "mailroom-test-status" && module.api.environment["PAGE_ORIGINS"] == "-"
      && toset(keys(module.page.environment)) == toset(["LOG_LEVEL"])
      && toset(keys(module.watch.environment)) == toset(["LOG_LEVEL", "STATUS_TABLE", "STUCK_HOURS"])
      && toset(keys(module.transform["pinpoint"].environment)) == toset(["LOG_LEVEL", "STATUS_QUEUE_URL"])
    )
    error_message = "A function must find every setting that it reads, and the page none of the table."
  }

  assert {
    condition     = aws_cloudwatch_event_rule.watch.schedule_expression == "rate(1 hour)" && aws_cloudwatch_event_target.watch.retry_policy[0].maximum_event_age_in_seconds == 600
    error_message = "What is stuck is counted each hour, and a count that failed is not made up for hours later."
  }

  # Objects lie by source and by day of arrival, what failed apart from them.

  assert {
    condition = { for source, stream in aws_kinesis_firehose_delivery_stream.status : source => join(" ", [
      stream.name, stream.extended_s3_configuration[0].prefix, stream.extended_s3_configuration[0].error_output_prefix,
      ]) } == { for source in ["pinpoint", "ses", "sms"] : source => join(" ", [
      "mailroom-test-status-${source}",
      "events/source=${source}/day=!{timestamp:yyyy-MM-dd}/",
      "errors/source=${source}/!{firehose:error-output-type}/day=!{timestamp:yyyy-MM-dd}/",
    ]) }
    error_message = "Each source has a stream to its own folder."
  }

  assert {
    condition = alltrue([for stream in values(aws_kinesis_firehose_delivery_stream.status) : (
      stream.extended_s3_configuration[0].compression_format == "GZIP"
      && stream.extended_s3_configuration[0].kms_key_arn == var.context.kms_key_arn
      && stream.extended_s3_configuration[0].cloudwatch_logging_options[0].enabled
      && stream.server_side_encryption[0].key_type == "CUSTOMER_MANAGED_CMK"
      && stream.server_side_encryption[0].key_arn == var.context.kms_key_arn
    )])
    error_message = "Compressed, encrypted with our key in the stream and in the bucket, errors logged."
  }

  # An object is a line for each event; only Pinpoint's are read on their way.
  assert {
    condition = { for source, stream in aws_kinesis_firehose_delivery_stream.status : source => [
      for processor in stream.extended_s3_configuration[0].processing_configuration[0].processors : processor.type
      ] } == {
      pinpoint = ["Lambda", "AppendDelimiterToRecord"]
      ses      = ["AppendDelimiterToRecord"]
      sms      = ["AppendDelimiterToRecord"]
    }
    error_message = "Each record ends in a new line; the transform is Pinpoint's alone."
  }

  assert {
    condition     = alltrue([for stream in values(aws_kinesis_firehose_delivery_stream.status) : stream.extended_s3_configuration[0].buffering_interval == 300 && stream.extended_s3_configuration[0].buffering_size == 64])
    error_message = "An object after 5 minutes or 64 MB."
  }

  # No crawler and nothing to add: partitions are worked out from the names, and only as far back as there are objects.
  assert {
    condition = (
      aws_glue_catalog_table.events.parameters["projection.enabled"] == "true"
      && aws_glue_catalog_table.events.parameters["projection.source.values"] == "pinpoint,ses,sms"
      && aws_glue_catalog_table.events.parameters["projection.day.range"] == "NOW-400DAYS,NOW"
      && aws_glue_catalog_table.events.parameters["storage.location.template"] == "s3://mailroom-test-events-123456789012-eu-west-1/events/source=$${source}/day=$${day}/"
      && [for key in aws_glue_catalog_table.events.partition_keys : key.name] == ["source", "day"]
    )
    error_message = "The partitions must be those that the streams write."
  }

  # Nobody's question is written elsewhere, unencrypted, or reads without a limit.
  assert {
    condition = (
      aws_athena_workgroup.status.configuration[0].enforce_workgroup_configuration
      && aws_athena_workgroup.status.configuration[0].bytes_scanned_cutoff_per_query == 10737418240
      && aws_athena_workgroup.status.configuration[0].result_configuration[0].output_location == "s3://mailroom-test-events-123456789012-eu-west-1/athena/"
      && aws_athena_workgroup.status.configuration[0].result_configuration[0].encryption_configuration[0].encryption_option == "SSE_KMS"
      && aws_athena_workgroup.status.configuration[0].result_configuration[0].encryption_configuration[0].kms_key_arn == var.context.kms_key_arn
      && !aws_athena_workgroup.status.force_destroy
    )
    error_message = "The workgroup decides where answers go, with which key, and how much may be read: 10 GB."
  }

  assert {
    condition     = toset(keys(aws_athena_named_query.status)) == toset(["failures", "latest_status", "rates_by_mail_provider", "sms_cost_by_country"])
    error_message = "Four questions are kept."
  }

  # Each is whole: what they share is in them, and none reads the whole archive.
  assert {
    condition = alltrue([for query in values(aws_athena_named_query.status) : (
      strcontains(query.query, "day >= date_format(current_date") && length(regexall("[$%][{]", query.query)) == 0
    )])
    error_message = "A question names the days that it reads, and nothing in it is left to fill in."
  }
}

run "the_transform_is_called_soon" {
  command = plan

  override_module {
    target  = module.transform["pinpoint"]
    outputs = { name = "mailroom-test-status-transform", arn = "arn:aws:lambda:eu-west-1:123456789012:function:mailroom-test-status-transform" }
  }

  # The provider does not find Firehose's own numbers again (60 seconds, 1 MB), and would change them at each apply.
  assert {
    condition = { for parameter in flatten([
      for processor in aws_kinesis_firehose_delivery_stream.status["pinpoint"].extended_s3_configuration[0].processing_configuration[0].processors : processor.parameters if processor.type == "Lambda"
      ]) : parameter.parameter_name => parameter.parameter_value } == {
      LambdaArn               = "arn:aws:lambda:eu-west-1:123456789012:function:mailroom-test-status-transform:$LATEST"
      BufferIntervalInSeconds = "5"
      BufferSizeInMBs         = "0.5"
    }
    error_message = "Numbers of ours, and no more than 6 MB with the answer."
  }
}

run "settings_reach_what_they_are_for" {
  command = plan

  variables {
    reference_tag          = "order"
    retention_days         = 30
    archive_retention_days = 40
    stuck_hours            = 4
    fold                   = { timeout_seconds = 20, batch_size = 10, batch_window_seconds = 0, maximum_concurrency = 2 }
    transform              = { buffer_seconds = 0 }
    archive                = { buffer_seconds = 60, buffer_mb = 1, query_limit_mb = 10 }
    queue                  = { maximum_receives = 2 }

    context = {
      name_prefix        = "post"
      account_id         = "123456789012"
      region             = "eu-west-1"
      kms_key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
      alarm_topic_arn    = "arn:aws:sns:eu-west-1:123456789012:post-alarms"
      retain_data        = false
      log_retention_days = 30
      log_level          = "INFO"
    }
  }

  assert {
    condition = (
      module.fold.environment["REFERENCE_TAG"] == "order" && module.fold.environment["RETENTION_DAYS"] == "30"
      && module.watch.environment["STUCK_HOURS"] == "4" && module.api.environment["STUCK_HOURS"] == "4"
      && aws_lambda_event_source_mapping.queue.batch_size == 10 && module.queue.visibility_timeout_seconds == 120
      && aws_glue_catalog_table.events.parameters["projection.day.range"] == "NOW-40DAYS,NOW"
      && aws_athena_workgroup.status.configuration[0].bytes_scanned_cutoff_per_query == 10485760
    )
    error_message = "What is set must arrive."
  }

  # Where data is not retained, a destroy may take all of it.
  assert {
    condition     = !aws_dynamodb_table.status.deletion_protection_enabled && aws_athena_workgroup.status.force_destroy && aws_dynamodb_table.status.name == "post-status"
    error_message = "retain_data = false: table and workgroup may go."
  }
}

run "bad_numbers_are_refused" {
  command = plan

  variables {
    reference_tag          = "my tag"
    retention_days         = 0
    archive_retention_days = 4000
    stuck_hours            = 0.5
    archive                = { buffer_seconds = 901 }
    fold                   = { batch_size = 100, batch_window_seconds = 0 }
    transform              = { buffer_seconds = 60 }
  }

  expect_failures = [
    var.reference_tag, var.retention_days, var.archive_retention_days, var.stuck_hours, var.archive, var.fold, var.transform,
  ]
}

# It would ring with each quiet hour.
run "an_archive_age_below_the_buffer_is_refused" {
  command = plan

  variables {
    alarms = { archive_age_seconds = 300 }
  }

  expect_failures = [var.alarms]
}
