################################################################################
# Topic
################################################################################

data "aws_partition" "current" {}

locals {
  name = "${var.context.name_prefix}-${var.name}"
  arn  = "arn:${data.aws_partition.current.partition}:sns:${var.context.region}:${var.context.account_id}:${local.name}"
}

resource "aws_sns_topic" "this" {
  name              = local.name
  kms_master_key_id = var.context.kms_key_arn
}

resource "aws_sns_topic_subscription" "email" {
  for_each = var.emails

  topic_arn = aws_sns_topic.this.arn
  protocol  = "email"
  endpoint  = each.value
}

################################################################################
# Access
################################################################################

data "aws_iam_policy_document" "this" {
  # SNS takes no sns:* in a topic's policy.
  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [local.arn]

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
    for_each = var.publishers

    content {
      sid       = "Publish${replace(title(replace(statement.key, "_", " ")), "/[^A-Za-z0-9]/", "")}"
      actions   = ["sns:Publish"]
      resources = [local.arn]

      principals {
        type        = "Service"
        identifiers = [statement.value.service]
      }

      condition {
        test     = "ArnLike"
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

resource "aws_sns_topic_policy" "this" {
  arn    = aws_sns_topic.this.arn
  policy = data.aws_iam_policy_document.this.json
}
