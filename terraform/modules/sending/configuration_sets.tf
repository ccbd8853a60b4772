################################################################################
# Configuration sets, one for each kind of mail
################################################################################

locals {
  # What an identity's mail goes through where the sender names none.
  default_set = coalesce(var.configuration_set, contains(keys(var.configuration_sets), "inbound") ? "inbound" : sort(keys(var.configuration_sets))[0])

  set_names = { for kind, set in var.configuration_sets : kind => coalesce(set.name, "${var.context.name_prefix}-${kind}") }
  set_arns  = { for kind, name in local.set_names : kind => "${local.arn_start}:configuration-set/${name}" }
}

resource "aws_sesv2_dedicated_ip_pool" "this" {
  for_each = var.dedicated_ip_pools

  pool_name    = "${var.context.name_prefix}-${each.key}"
  scaling_mode = each.value.scaling_mode
}

resource "aws_sesv2_configuration_set" "this" {
  for_each = var.configuration_sets

  configuration_set_name = local.set_names[each.key]

  delivery_options {
    tls_policy           = each.value.require_tls ? "REQUIRE" : "OPTIONAL"
    max_delivery_seconds = each.value.max_delivery_seconds
    sending_pool_name    = each.value.pool == null ? null : try(aws_sesv2_dedicated_ip_pool.this[each.value.pool].pool_name, each.value.pool)
  }

  reputation_options {
    reputation_metrics_enabled = each.value.reputation_metrics
  }

  sending_options {
    sending_enabled = true
  }

  suppression_options {
    suppressed_reasons = each.value.suppress
  }

  dynamic "tracking_options" {
    for_each = each.value.tracking[*]

    content {
      custom_redirect_domain = tracking_options.value.domain
      https_policy           = tracking_options.value.https_policy
    }
  }

  dynamic "vdm_options" {
    for_each = each.value.vdm[*]

    content {
      dashboard_options {
        engagement_metrics = vdm_options.value.engagement_metrics ? "ENABLED" : "DISABLED"
      }

      guardian_options {
        optimized_shared_delivery = vdm_options.value.optimized_shared_delivery ? "ENABLED" : "DISABLED"
      }
    }
  }
}

################################################################################
# Events: what SES tells of the mail, and whom
################################################################################

locals {
  event_types = ["SEND", "REJECT", "BOUNCE", "COMPLAINT", "DELIVERY", "DELIVERY_DELAY", "RENDERING_FAILURE", "SUBSCRIPTION", "OPEN", "CLICK"]

  event_destinations = merge([
    for kind, set in var.configuration_sets : {
      for name, destination in set.events : "${kind}/${name}" => merge(destination, { kind = kind, name = name }) if length(destination.types) > 0
    }
  ]...)

  # Those that SES writes to with the role made here, since no other was named.
  own_role_writers = { for key, destination in local.event_destinations : key => destination if try(destination.firehose.role_arn, "named") == null }
}

resource "aws_sesv2_configuration_set_event_destination" "this" {
  for_each = local.event_destinations

  configuration_set_name = aws_sesv2_configuration_set.this[each.value.kind].configuration_set_name
  event_destination_name = each.value.name

  event_destination {
    enabled              = true
    matching_event_types = each.value.types

    # SES reaches EventBridge's default bus and no other; whoever wants the events has a rule there.
    dynamic "event_bridge_destination" {
      for_each = each.value.eventbridge[*]

      content {
        event_bus_arn = "arn:${data.aws_partition.current.partition}:events:${local.arn_middle}:event-bus/default"
      }
    }

    dynamic "sns_destination" {
      for_each = each.value.sns[*]

      content {
        topic_arn = sns_destination.value.topic_arn
      }
    }

    dynamic "kinesis_firehose_destination" {
      for_each = each.value.firehose[*]

      content {
        delivery_stream_arn = kinesis_firehose_destination.value.stream_arn
        iam_role_arn        = coalesce(kinesis_firehose_destination.value.role_arn, one(values(aws_iam_role.firehose)[*].arn))
      }
    }

    dynamic "cloud_watch_destination" {
      for_each = each.value.cloudwatch[*]

      content {
        dynamic "dimension_configuration" {
          for_each = cloud_watch_destination.value.dimensions

          content {
            dimension_name          = dimension_configuration.key
            dimension_value_source  = dimension_configuration.value.source
            default_dimension_value = dimension_configuration.value.default
          }
        }
      }
    }
  }

  # SES tries the role and the topic as a destination is made.
  depends_on = [aws_iam_role_policy.firehose]
}

################################################################################
# The role with which SES writes to Firehose
################################################################################

locals {
  firehose_role = toset(length(local.own_role_writers) > 0 ? ["ses-firehose"] : [])
}

data "aws_iam_policy_document" "firehose_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ses.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.context.account_id]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = distinct([for destination in values(local.own_role_writers) : local.set_arns[destination.kind]])
    }
  }
}

data "aws_iam_policy_document" "firehose" {
  statement {
    actions   = ["firehose:PutRecordBatch"]
    resources = distinct([for destination in values(local.own_role_writers) : destination.firehose.stream_arn])
  }
}

resource "aws_iam_role" "firehose" {
  for_each = local.firehose_role

  name                 = "${var.context.name_prefix}-${each.key}"
  description          = "SES writes the events of ${var.context.name_prefix}'s mail to Firehose."
  assume_role_policy   = data.aws_iam_policy_document.firehose_trust.json
  permissions_boundary = var.context.permissions_boundary
}

resource "aws_iam_role_policy" "firehose" {
  for_each = local.firehose_role

  name   = each.key
  role   = aws_iam_role.firehose[each.key].name
  policy = data.aws_iam_policy_document.firehose.json
}
