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

run "the_alarms_and_the_dashboard_are_these" {
  command = plan

  assert {
    condition = { for alarm in values(aws_cloudwatch_metric_alarm.counted) : alarm.alarm_name => "${alarm.namespace} ${alarm.metric_name} ${join(" ", values(alarm.dimensions))} ${alarm.statistic} ${alarm.threshold} in ${alarm.period}" } == {
      "mailroom-test-status-api-5xx"                   = "AWS/ApiGateway 5XXError mailroom-test-status v1 Sum 5 in 300"
      "mailroom-test-status-archive-errors"            = "AWS/Logs IncomingLogEvents /aws/vendedlogs/mailroom-test-status-archive Sum 1 in 300"
      "mailroom-test-status-rule-ses-failures"         = "AWS/Events FailedInvocations mailroom-test-status-ses Sum 1 in 300"
      "mailroom-test-status-rule-sms-failures"         = "AWS/Events FailedInvocations mailroom-test-status-sms Sum 1 in 300"
      "mailroom-test-status-table-errors-batchgetitem" = "AWS/DynamoDB SystemErrors BatchGetItem mailroom-test-status Sum 5 in 300"
      "mailroom-test-status-table-errors-putitem"      = "AWS/DynamoDB SystemErrors PutItem mailroom-test-status Sum 5 in 300"
      "mailroom-test-status-table-errors-query"        = "AWS/DynamoDB SystemErrors Query mailroom-test-status Sum 5 in 300"
      "mailroom-test-status-table-read-throttles"      = "AWS/DynamoDB ReadThrottleEvents mailroom-test-status Sum 10 in 300"
      "mailroom-test-status-table-write-throttles"     = "AWS/DynamoDB WriteThrottleEvents mailroom-test-status Sum 10 in 300"
    }
    error_message = "What is counted, and from how many on it rings."
  }

  assert {
    condition = { for alarm in concat(values(aws_cloudwatch_metric_alarm.archive_success), values(aws_cloudwatch_metric_alarm.archive_age)) : alarm.alarm_name => "${alarm.metric_name} ${alarm.dimensions["DeliveryStreamName"]} ${alarm.comparison_operator} ${alarm.threshold}" } == merge([
      for source in ["pinpoint", "ses", "sms"] : {
        "mailroom-test-status-archive-${source}-success" = "DeliveryToS3.Success mailroom-test-status-${source} LessThanThreshold 1"
        "mailroom-test-status-archive-${source}-age"     = "DeliveryToS3.DataFreshness mailroom-test-status-${source} GreaterThanOrEqualToThreshold 1800"
      }
    ]...)
    error_message = "Each stream rings where it cannot write, and where it is half an hour behind."
  }

  # The function names itself in its metric.
  assert {
    condition     = [for alarm in aws_cloudwatch_metric_alarm.stuck : "${alarm.alarm_name} ${alarm.namespace} ${alarm.metric_name} ${alarm.dimensions["function"]} ${alarm.threshold} in ${alarm.period}"] == ["mailroom-test-status-stuck Mailroom stuck mailroom-test-status-watch 1 in 3600"]
    error_message = "One message that is stuck is enough."
  }

  # A campaign is thousands of events at once: arrivals and waiting would ring for nothing.
  assert {
    condition     = toset(keys(module.queue.alarm_names)) == toset(["dead_letters", "oldest_age"])
    error_message = "Of the queue's alarms dead letters and age."
  }

  # Two alarms of one name would be one, and the next apply would make it the other again.
  assert {
    condition = length(setintersection(
      [for alarm in values(aws_cloudwatch_metric_alarm.counted) : alarm.alarm_name],
      [for function in values(output.function_names) : "${function}-errors"],
    )) == 0
    error_message = "No alarm is called as one of the functions' own."
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.status.dashboard_body).widgets) == 8 && alltrue([for widget in jsondecode(aws_cloudwatch_dashboard.status.dashboard_body).widgets : widget.width == 12 && length(widget.properties.metrics) > 0])
    error_message = "Eight widgets, two in a row, none of them empty."
  }

  # Of this environment alone, though another may be in the account.
  assert {
    condition     = length(regexall("mailroom-test-status", aws_cloudwatch_dashboard.status.dashboard_body)) > 12
    error_message = "Every metric names our own things."
  }
}

run "an_alarm_that_is_not_wanted_is_not_made" {
  command = plan

  variables {
    alarms = { api_errors = 0, table_throttles = 0, table_errors = 0, failed_invocations = 0, archive_errors = 0, archive_age_seconds = 0, stuck = 0 }
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.counted) == 0 && length(aws_cloudwatch_metric_alarm.stuck) == 0 && length(aws_cloudwatch_metric_alarm.archive_age) == 0 && length(aws_cloudwatch_metric_alarm.archive_success) == 3
    error_message = "0: no such alarm; that the archive is written is no question of a number."
  }
}
