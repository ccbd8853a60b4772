################################################################################
# Alarms, beside those of the queue (dead_letters, oldest_age) and of each
# function (errors)
################################################################################

locals {
  table     = { TableName = local.name }
  streams   = { for source in local.sources : source => { DeliveryStreamName = "${local.name}-${source}" } }
  api_stage = { ApiName = local.name, Stage = local.stage }

  table_alarms = merge(
    { for metric in ["ReadThrottleEvents", "WriteThrottleEvents"] : "table_${lower(replace(metric, "ThrottleEvents", ""))}_throttles" => {
      namespace  = "AWS/DynamoDB"
      metric     = metric
      dimensions = local.table
      threshold  = var.alarms.table_throttles
      words      = "requests to the table were throttled in 5 minutes; what is throttled is tried again, and waits in the queue"
    } },
    { for operation in ["BatchGetItem", "PutItem", "Query"] : "table_errors_${lower(operation)}" => {
      namespace  = "AWS/DynamoDB"
      metric     = "SystemErrors"
      dimensions = merge(local.table, { Operation = operation })
      threshold  = var.alarms.table_errors
      words      = "calls of ${operation} failed inside DynamoDB in 5 minutes; look at AWS Health"
    } },
  )

  rule_alarms = {
    for name in keys(local.rules) : "rule_${name}_failures" => {
      namespace  = "AWS/Events"
      metric     = "FailedInvocations"
      dimensions = { RuleName = "${local.name}-${name}" }
      threshold  = var.alarms.failed_invocations
      words      = "events did not reach the queue or the archive in 5 minutes; those that could be kept are dead letters"
    }
  }

  other_alarms = {
    api_5xx = {
      namespace  = "AWS/ApiGateway"
      metric     = "5XXError"
      dimensions = local.api_stage
      threshold  = var.alarms.api_errors
      words      = "calls of the API ended with 5xx in 5 minutes; look into /aws/lambda/${local.name}-api"
    }
    # Firehose logs nothing but failures.
    archive_errors = {
      namespace  = "AWS/Logs"
      metric     = "IncomingLogEvents"
      dimensions = { LogGroupName = aws_cloudwatch_log_group.archive.name }
      threshold  = var.alarms.archive_errors
      words      = "failures of the archive in 5 minutes; look into the log group and below errors/ in the bucket"
    }
  }

  counted = { for kind, alarm in merge(local.table_alarms, local.rule_alarms, local.other_alarms) : kind => alarm if alarm.threshold > 0 }

  alarmed_streams = { for source, dimensions in local.streams : source => dimensions if var.alarms.archive_age_seconds > 0 }
}

# How often something happened in 5 minutes that should not.
resource "aws_cloudwatch_metric_alarm" "counted" {
  for_each = local.counted

  alarm_name        = "${local.name}-${replace(each.key, "_", "-")}"
  alarm_description = "${local.name}: ${each.value.threshold} or more ${each.value.words}"

  namespace   = each.value.namespace
  metric_name = each.value.metric
  dimensions  = each.value.dimensions
  statistic   = "Sum"
  period      = 300

  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = each.value.threshold
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"

  alarm_actions = [var.context.alarm_topic_arn]
  ok_actions    = [var.context.alarm_topic_arn]
}

# 1 while every object could be written, less when one could not.
resource "aws_cloudwatch_metric_alarm" "archive_success" {
  for_each = local.streams

  alarm_name        = "${local.name}-archive-${each.key}-success"
  alarm_description = "${each.value.DeliveryStreamName} could not write to the archive; Firehose tries for 24 hours. Look into ${aws_cloudwatch_log_group.archive.name}."

  namespace   = "AWS/Firehose"
  metric_name = "DeliveryToS3.Success"
  dimensions  = each.value
  statistic   = "Average"
  period      = 300

  comparison_operator = "LessThanThreshold"
  threshold           = 1
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"

  alarm_actions = [var.context.alarm_topic_arn]
  ok_actions    = [var.context.alarm_topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "archive_age" {
  for_each = local.alarmed_streams

  alarm_name        = "${local.name}-archive-${each.key}-age"
  alarm_description = "${each.value.DeliveryStreamName}: its oldest event has waited ${var.alarms.archive_age_seconds} seconds or more for the archive, which a buffer of ${var.archive.buffer_seconds} seconds does not explain."

  namespace   = "AWS/Firehose"
  metric_name = "DeliveryToS3.DataFreshness"
  dimensions  = each.value
  statistic   = "Maximum"
  period      = 300

  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.alarms.archive_age_seconds
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"

  alarm_actions = [var.context.alarm_topic_arn]
  ok_actions    = [var.context.alarm_topic_arn]
}

# Counted once an hour, so the last count stands for the hour.
resource "aws_cloudwatch_metric_alarm" "stuck" {
  for_each = toset(var.alarms.stuck > 0 ? ["messages"] : [])

  alarm_name        = "${local.name}-stuck"
  alarm_description = "${local.name}: ${var.alarms.stuck} or more messages without a final event for ${var.stuck_hours} hours; GET /messages?stuck=true lists them"

  namespace   = "Mailroom"
  metric_name = "stuck"
  dimensions  = { function = "${local.name}-watch" }
  statistic   = "Maximum"
  period      = 3600

  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.alarms.stuck
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"

  alarm_actions = [var.context.alarm_topic_arn]
  ok_actions    = [var.context.alarm_topic_arn]
}
