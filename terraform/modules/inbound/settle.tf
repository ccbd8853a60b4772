################################################################################
# Sends: SES says which mail it took, and the ledger notes it
#
# An answer of SES that was lost on the way leaves a recipient doubtful. SES's Send
# event carries our ledger's key as a tag and decides: configuration set, default
# bus, rule, queue, function.
################################################################################

locals {
  events_arn     = "arn:${local.partition}:events:${var.context.region}:${var.context.account_id}"
  sends_name     = "${var.context.name_prefix}-inbound-sends"
  sends_rule_arn = "${local.events_arn}:rule/${local.sends_name}"

  settle_timeout_seconds = 15
}

# A set that `sending` makes has its own; to one that was there before, ours is added.
resource "aws_sesv2_configuration_set_event_destination" "sends" {
  for_each = toset(var.sending.publishes_sends ? [] : ["added"])

  configuration_set_name = var.sending.configuration_set_name
  event_destination_name = local.sends_name

  event_destination {
    enabled              = true
    matching_event_types = ["SEND"]

    event_bridge_destination {
      event_bus_arn = "${local.events_arn}:event-bus/default"
    }
  }
}

resource "aws_cloudwatch_event_rule" "sends" {
  name        = local.sends_name
  description = "SES took a mail that ${var.context.name_prefix}-inbound sent on; the ledger notes it."

  event_pattern = jsonencode({
    source        = ["aws.ses"]
    "detail-type" = ["Email Sent"]
    detail = {
      mail = {
        tags = {
          "mailroom-mail"         = [{ exists = true }]
          "ses:configuration-set" = [var.sending.configuration_set_name]
        }
      }
    }
  })
}

resource "aws_cloudwatch_event_target" "sends" {
  rule      = aws_cloudwatch_event_rule.sends.name
  target_id = "queue"
  arn       = module.sends.arn # waits for the queue's policy
}

module "sends" {
  source = "../queue"

  context                    = var.context
  name                       = "inbound-sends"
  visibility_timeout_seconds = 6 * local.settle_timeout_seconds
  retention_days             = var.sends_queue.retention_days
  dead_letter_retention_days = var.sends_queue.dead_letter_retention_days
  maximum_receives           = var.sends_queue.maximum_receives

  # Each recipient is an event, so many of them are no news.
  alarms = merge(var.sends_queue.alarms, { arrivals = 0, waiting = 0 })

  senders = {
    sends_rule = { service = "events.amazonaws.com", source_arn = local.sends_rule_arn }
  }
}

module "settle" {
  source = "../function"

  context     = var.context
  name        = "settle"
  description = "Notes in the ledger that SES took a mail, where its answer was lost on the way."
  handler     = "lambda_src.inbound.settle.handle"
  package     = var.package
  policy_json = data.aws_iam_policy_document.settle.json

  timeout_seconds = local.settle_timeout_seconds

  environment = {
    LEDGER_TABLE = aws_dynamodb_table.ledger.name
  }
}

resource "aws_lambda_event_source_mapping" "sends" {
  event_source_arn        = module.sends.arn
  function_name           = module.settle.arn
  batch_size              = 10
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = 5
  }
}
