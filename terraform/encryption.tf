################################################################################
# Encryption: one customer key for the environment
################################################################################

data "aws_partition" "current" {}

locals {
  arn_middle = "${var.region}:${var.account_id}"

  # Services that use the key in their own name; roles use it through services, by their own policies.
  key_users = {
    # SES writes mail to the raw bucket, and events to topics.
    ses = {
      actions = ["kms:Decrypt", "kms:GenerateDataKey*"]
      sources = [
        "ses:${local.arn_middle}:receipt-rule-set/*:receipt-rule/${local.name_prefix}-*",
        "ses:${local.arn_middle}:configuration-set/${local.name_prefix}-*",
      ]
    }
    # S3 notifies queues.
    s3 = { actions = ["kms:Decrypt", "kms:GenerateDataKey*"], sources = ["s3:::${local.name_prefix}-*"] }
    # Rules of EventBridge send to queues.
    events = { actions = ["kms:Decrypt", "kms:GenerateDataKey*"], sources = ["events:${local.arn_middle}:rule/${local.name_prefix}-*"] }
    # Alarms go to the alarm topic.
    cloudwatch = { actions = ["kms:Decrypt", "kms:GenerateDataKey*"], sources = ["cloudwatch:${local.arn_middle}:alarm:${local.name_prefix}-*"] }
  }
}

data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109:in a key's policy "*" is this key; without the account's statement nobody could administer it
  #checkov:skip=CKV_AWS_111:in a key's policy "*" is this key
  #checkov:skip=CKV_AWS_356:in a key's policy "*" is this key
  statement {
    sid       = "AccountDecidesByIam"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${var.account_id}:root"]
    }
  }

  dynamic "statement" {
    for_each = local.key_users

    content {
      sid       = "Service${title(statement.key)}"
      actions   = statement.value.actions
      resources = ["*"]

      principals {
        type        = "Service"
        identifiers = ["${statement.key}.amazonaws.com"]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [var.account_id]
      }

      condition {
        test     = "ArnLike"
        variable = "aws:SourceArn"
        values   = [for source in statement.value.sources : "arn:${data.aws_partition.current.partition}:${source}"]
      }
    }
  }

  # Log groups: CloudWatch Logs names the group in the encryption context.
  statement {
    sid       = "ServiceLogs"
    actions   = ["kms:Decrypt", "kms:Describe*", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${var.region}.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values = [
        for folder in ["lambda", "vendedlogs"] :
        "arn:${data.aws_partition.current.partition}:logs:${local.arn_middle}:log-group:/aws/${folder}/${local.name_prefix}-*"
      ]
    }
  }
}

resource "aws_kms_key" "this" {
  description             = "Mailroom, ${var.environment}: mail, attachments, tables, queues, topics, logs"
  policy                  = data.aws_iam_policy_document.key.json
  enable_key_rotation     = true
  deletion_window_in_days = var.retain_data ? 30 : 7
}

resource "aws_kms_alias" "this" {
  name          = "alias/${local.name_prefix}"
  target_key_id = aws_kms_key.this.key_id
}
