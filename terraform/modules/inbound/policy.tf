################################################################################
# What each function may do: the actions it calls, on the resources it touches
################################################################################

data "aws_iam_policy_document" "processor" {
  statement {
    sid       = "TakeFromQueue"
    actions   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    resources = [module.queue.arn]
  }

  # S3 asks for the second where a version is named, as the event does. Both hold for a copy of a signed mail
  # to the attachments as well: raw mail has no tags, which a copy would need more rights for.
  statement {
    sid       = "ReadMail"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = ["${module.raw.arn}/${local.key_prefix}*"]
  }

  statement {
    sid       = "KeepAttachments"
    actions   = ["s3:AbortMultipartUpload", "s3:PutObject"]
    resources = ["${var.links.attachments_bucket_arn}/attachments/*"]
  }

  statement {
    sid       = "KeepLedger"
    actions   = ["dynamodb:Query", "dynamodb:UpdateItem"]
    resources = [local.ledger_arn]
  }

  statement {
    sid       = "MakeLinks"
    actions   = ["dynamodb:UpdateItem"]
    resources = [var.links.table_arn]
  }

  # Raw content is authorised as SendRawEmail, by the v2 API too.
  statement {
    sid       = "SendOn"
    actions   = ["ses:SendRawEmail"]
    resources = [var.sending.identity_arn, var.sending.configuration_set_arn]

    condition {
      test     = "StringEquals"
      variable = "ses:FromAddress"
      values   = [var.sending.sender_address]
    }
  }

  statement {
    sid       = "Notify"
    actions   = ["sns:Publish"]
    resources = [module.notices.arn]
  }

  statement {
    sid       = "UseKeyThroughServices"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.context.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [for service in ["dynamodb", "s3", "sns", "sqs"] : "${service}.${var.context.region}.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "settle" {
  statement {
    sid       = "TakeFromQueue"
    actions   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    resources = [module.sends.arn]
  }

  statement {
    sid       = "NoteInLedger"
    actions   = ["dynamodb:UpdateItem"]
    resources = [local.ledger_arn]
  }

  statement {
    sid       = "DecryptThroughServices"
    actions   = ["kms:Decrypt"]
    resources = [var.context.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [for service in ["dynamodb", "sqs"] : "${service}.${var.context.region}.amazonaws.com"]
    }
  }
}
