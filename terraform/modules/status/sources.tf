################################################################################
# SES and SMS: rules on EventBridge's default bus
#
# SES says something only where a configuration set has an event destination that
# is EventBridge. End User Messaging tells of every SMS by itself.
################################################################################

locals {
  events_arn = "arn:${local.partition}:events:${local.arn_middle}"

  # An account may hold two environments, whose mail comes by the same bus. (An SMS names no configuration set.)
  own_sets = concat(
    [{ prefix = "${var.context.name_prefix}-" }],
    [for name in concat(try(var.ses.configuration_sets, []), var.sending_sets) : name if !startswith(name, "${var.context.name_prefix}-")],
  )

  patterns = {
    ses = merge({
      source = ["aws.ses"]
      "detail-type" = [
        "Email Bounced", "Email Clicked", "Email Complaint Received", "Email Delivered", "Email Delivery Delayed",
        "Email Opened", "Email Rejected", "Email Rendering Failed", "Email Sent", "Email Subscribed",
      ]
    }, { for detail in [{ mail = { tags = { "ses:configuration-set" = local.own_sets } } }] : "detail" => detail if try(var.ses.only_own_sets, false) })
    sms = {
      source        = ["aws.sms-voice"]
      "detail-type" = ["Text Message Delivery Status Updated"]
    }
  }

  rules     = { for name, pattern in local.patterns : name => jsonencode(pattern) if contains(local.sources, name) }
  rule_arns = { for name in keys(local.rules) : name => "${local.events_arn}:rule/${local.name}-${name}" }
}

# A set that `sending` makes has its own.
resource "aws_sesv2_configuration_set_event_destination" "status" {
  for_each = toset(try(var.ses.configuration_sets, []))

  configuration_set_name = each.value
  event_destination_name = local.name

  event_destination {
    enabled              = true
    matching_event_types = var.ses.event_types

    event_bridge_destination {
      event_bus_arn = "${local.events_arn}:event-bus/default"
    }
  }

  # What is published before the rule is there nobody hears.
  depends_on = [aws_cloudwatch_event_target.queue, aws_cloudwatch_event_target.archive]
}

resource "aws_cloudwatch_event_rule" "status" {
  for_each = local.rules

  name          = "${local.name}-${each.key}"
  description   = "What became of ${each.key == "ses" ? "an e-mail" : "an SMS"}: to the queue and to the archive."
  event_pattern = each.value
}

resource "aws_cloudwatch_event_target" "queue" {
  for_each = local.rules

  rule      = aws_cloudwatch_event_rule.status[each.key].name
  target_id = "queue"
  arn       = module.queue.arn # waits for the queue's policy

  dead_letter_config {
    arn = module.queue.dead_letter_arn
  }
}

resource "aws_cloudwatch_event_target" "archive" {
  for_each = local.rules

  rule      = aws_cloudwatch_event_rule.status[each.key].name
  target_id = "archive"
  arn       = aws_kinesis_firehose_delivery_stream.status[each.key].arn
  role_arn  = aws_iam_role.to_archive["events"].arn

  dead_letter_config {
    arn = module.queue.dead_letter_arn
  }

  depends_on = [aws_iam_role_policy.to_archive]
}

################################################################################
# Pinpoint: its event stream
#
# Amazon Pinpoint ended on 30 October 2026, and the provider drops this resource in
# a coming major version: for accounts that still have an application, no others.
################################################################################

locals {
  pinpoint = { for source in var.pinpoint[*] : "pinpoint" => source }

  pinpoint_application_id = try(coalesce(one(values(aws_pinpoint_app.status)[*].application_id), one(values(local.pinpoint)[*].application_id)), null)
}

resource "aws_pinpoint_app" "status" {
  for_each = { for key, source in local.pinpoint : key => source.create_application if source.create_application != null }

  name = each.value
}

resource "aws_pinpoint_event_stream" "status" {
  for_each = local.pinpoint

  application_id         = local.pinpoint_application_id
  destination_stream_arn = aws_kinesis_firehose_delivery_stream.status["pinpoint"].arn
  role_arn               = aws_iam_role.to_archive["pinpoint"].arn

  depends_on = [aws_iam_role_policy.to_archive]
}

# Its events come to the queue by way of the stream: Firehose calls this with each batch on its way to the archive.
module "transform" {
  source   = "../function"
  for_each = local.pinpoint

  context     = var.context
  name        = "status-transform"
  description = "Sends the events of Pinpoint's stream to the queue of status, and hands each record on as it is."
  handler     = "lambda_src.status.transform.handle"
  package     = var.package
  policy_json = data.aws_iam_policy_document.transform.json

  memory_mb       = var.transform.memory_mb
  timeout_seconds = var.transform.timeout_seconds

  environment = {
    STATUS_QUEUE_URL = module.queue.url
  }
}

################################################################################
# Who writes to the streams: EventBridge's rules, and Pinpoint
################################################################################

locals {
  writers = merge(
    { for kind in ["events"] : kind => {
      service = "events.amazonaws.com"
      sources = values(local.rule_arns)
      streams = [for name in keys(local.rules) : local.stream_arns[name]]
      actions = ["firehose:PutRecord", "firehose:PutRecordBatch"]
    } if length(local.rules) > 0 },
    { for kind, source in local.pinpoint : kind => {
      service = "pinpoint.amazonaws.com"
      sources = ["arn:${local.partition}:mobiletargeting:${local.arn_middle}:apps/${local.pinpoint_application_id}"]
      streams = [local.stream_arns["pinpoint"]]
      actions = ["firehose:DescribeDeliveryStream", "firehose:PutRecordBatch"]
    } },
  )
}

data "aws_iam_policy_document" "to_archive_trust" {
  for_each = local.writers

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [each.value.service]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.context.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = each.value.sources
    }
  }
}

data "aws_iam_policy_document" "to_archive" {
  for_each = local.writers

  statement {
    sid       = "WriteToStreams"
    actions   = each.value.actions
    resources = each.value.streams
  }
}

resource "aws_iam_role" "to_archive" {
  for_each = local.writers

  name                 = "${local.name}-from-${each.key}"
  description          = "${each.value.service} writes the events of ${local.name} to its archive."
  assume_role_policy   = data.aws_iam_policy_document.to_archive_trust[each.key].json
  permissions_boundary = var.context.permissions_boundary
}

resource "aws_iam_role_policy" "to_archive" {
  for_each = local.writers

  name   = "least-privilege"
  role   = aws_iam_role.to_archive[each.key].id
  policy = data.aws_iam_policy_document.to_archive[each.key].json
}
