################################################################################
# Queue
#
# Policies and redrive rules stand in line, with ARNs written out: as resources of
# their own each makes the provider wait 25 seconds more. The queue itself must
# follow its dead-letter queue, since SQS refuses a target that does not exist.
################################################################################

data "aws_partition" "current" {}

locals {
  suffix    = var.fifo ? ".fifo" : ""
  base_name = "${var.context.name_prefix}-${var.name}"
  arn_start = "arn:${data.aws_partition.current.partition}:sqs:${var.context.region}:${var.context.account_id}"

  name             = "${local.base_name}${local.suffix}"
  dead_letter_name = "${local.base_name}-dead-letters${local.suffix}"
  arn              = "${local.arn_start}:${local.name}"
  dead_letter_arn  = "${local.arn_start}:${local.dead_letter_name}"
}

resource "aws_sqs_queue" "this" {
  name                       = local.name
  visibility_timeout_seconds = var.visibility_timeout_seconds
  message_retention_seconds  = var.retention_days * 86400
  receive_wait_time_seconds  = 20

  fifo_queue            = var.fifo
  deduplication_scope   = var.fifo ? "messageGroup" : null
  fifo_throughput_limit = var.fifo ? "perMessageGroupId" : null

  kms_master_key_id                 = var.context.kms_key_arn
  kms_data_key_reuse_period_seconds = 300

  policy = data.aws_iam_policy_document.this["queue"].json
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters.arn
    maxReceiveCount     = var.maximum_receives
  })
}

resource "aws_sqs_queue" "dead_letters" {
  name                      = local.dead_letter_name
  message_retention_seconds = var.dead_letter_retention_days * 86400

  fifo_queue            = var.fifo
  deduplication_scope   = var.fifo ? "messageGroup" : null
  fifo_throughput_limit = var.fifo ? "perMessageGroupId" : null

  kms_master_key_id                 = var.context.kms_key_arn
  kms_data_key_reuse_period_seconds = 300

  policy = data.aws_iam_policy_document.this["dead_letters"].json
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [local.arn]
  })
}

################################################################################
# Access
################################################################################

data "aws_iam_policy_document" "this" {
  for_each = {
    queue        = { arn = local.arn, senders = var.senders }
    dead_letters = { arn = local.dead_letter_arn, senders = var.dead_letter_senders }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [each.value.arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  dynamic "statement" {
    for_each = each.value.senders

    content {
      sid       = "Send${replace(title(replace(statement.key, "_", " ")), "/[^A-Za-z0-9]/", "")}"
      actions   = ["sqs:SendMessage"]
      resources = [each.value.arn]

      principals {
        type        = "Service"
        identifiers = [statement.value.service]
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = [statement.value.source_arn]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [var.context.account_id]
      }
    }
  }
}

################################################################################
# Alarms
################################################################################

locals {
  alarms = {
    dead_letters = {
      queue     = local.dead_letter_name
      metric    = "ApproximateNumberOfMessagesVisible"
      statistic = "Maximum"
      period    = 120
      threshold = var.alarms.dead_letters
      words     = "messages gave up; look why, then bring them back with: mailroom redrive"
    }
    oldest_age = {
      queue     = local.name
      metric    = "ApproximateAgeOfOldestMessage"
      statistic = "Maximum"
      period    = 120
      threshold = var.alarms.oldest_age_seconds
      words     = "seconds the oldest message has waited; its reader is slow or stopped"
    }
    arrivals = {
      queue     = local.name
      metric    = "NumberOfMessagesReceived"
      statistic = "Sum"
      period    = 300
      threshold = var.alarms.arrivals
      words     = "messages in 5 minutes; more than usual arrives"
    }
    waiting = {
      queue     = local.name
      metric    = "ApproximateNumberOfMessagesVisible"
      statistic = "Maximum"
      period    = 300
      threshold = var.alarms.waiting
      words     = "messages wait; more arrives than is worked"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = { for kind, alarm in local.alarms : kind => alarm if alarm.threshold > 0 }

  alarm_name        = "${local.base_name}-${each.key}"
  alarm_description = "${each.value.queue}: ${each.value.threshold} or more ${each.value.words}"

  namespace   = "AWS/SQS"
  metric_name = each.value.metric
  dimensions  = { QueueName = each.value.queue }
  statistic   = each.value.statistic
  period      = each.value.period

  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = each.value.threshold
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"

  alarm_actions = [var.context.alarm_topic_arn]
  ok_actions    = [var.context.alarm_topic_arn]
}
