################################################################################
# Archive: every event as it came, by source and day of arrival
################################################################################

module "archive" {
  source = "../bucket"

  context        = var.context
  name           = "events"
  retention_days = var.archive_retention_days

  # What queries found holds addresses, and can be asked again.
  retention_days_below = { "athena/" = 7 }
}

locals {
  stream_arns = { for source in local.sources : source => "arn:${local.partition}:firehose:${local.arn_middle}:deliverystream/${local.name}-${source}" }
}

resource "aws_cloudwatch_log_group" "archive" {
  #checkov:skip=CKV_AWS_338:the environment chooses the days (log_retention_days); a year of logs is not everybody's duty
  name              = "/aws/vendedlogs/${local.name}-archive"
  retention_in_days = var.context.log_retention_days
  kms_key_id        = var.context.kms_key_arn
}

# Firehose writes to a log stream that is there, and makes none.
resource "aws_cloudwatch_log_stream" "archive" {
  for_each = local.sources

  name           = each.value
  log_group_name = aws_cloudwatch_log_group.archive.name
}

resource "aws_kinesis_firehose_delivery_stream" "status" {
  for_each = local.sources

  name        = "${local.name}-${each.value}"
  destination = "extended_s3"

  server_side_encryption {
    enabled  = true
    key_type = "CUSTOMER_MANAGED_CMK"
    key_arn  = var.context.kms_key_arn
  }

  extended_s3_configuration {
    role_arn            = aws_iam_role.archive[each.value].arn
    bucket_arn          = "arn:${local.partition}:s3:::${module.archive.name}" # waits for the bucket's policy
    prefix              = "events/source=${each.value}/day=!{timestamp:yyyy-MM-dd}/"
    error_output_prefix = "errors/source=${each.value}/!{firehose:error-output-type}/day=!{timestamp:yyyy-MM-dd}/"
    compression_format  = "GZIP"
    kms_key_arn         = var.context.kms_key_arn
    buffering_interval  = var.archive.buffer_seconds
    buffering_size      = var.archive.buffer_mb

    processing_configuration {
      enabled = true

      dynamic "processors" {
        for_each = { for name, function in module.transform : name => function if name == each.value }

        content {
          type = "Lambda"

          parameters {
            parameter_name  = "LambdaArn"
            parameter_value = "${processors.value.arn}:$LATEST"
          }

          # Not Firehose's own numbers (60 seconds, 1 MB): those the provider does not find again, and a status need
          # not wait a minute.
          parameters {
            parameter_name  = "BufferIntervalInSeconds"
            parameter_value = tostring(var.transform.buffer_seconds)
          }

          parameters {
            parameter_name  = "BufferSizeInMBs"
            parameter_value = "0.5"
          }
        }
      }

      # Without it the objects would be one long line.
      processors {
        type = "AppendDelimiterToRecord"

        parameters {
          parameter_name  = "Delimiter"
          parameter_value = "\\n"
        }
      }
    }

    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = aws_cloudwatch_log_group.archive.name
      log_stream_name = aws_cloudwatch_log_stream.archive[each.value].name
    }
  }

  # Firehose tries the role as the stream is made.
  depends_on = [aws_iam_role_policy.archive]
}

################################################################################
# What each stream may do
#
# After docs.aws.amazon.com/firehose/latest/dev/controlling-access.html (Grant
# Firehose access to an Amazon S3 destination), narrowed to its own folders.
################################################################################

data "aws_iam_policy_document" "archive_trust" {
  for_each = local.sources

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["firehose.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.context.account_id]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [local.stream_arns[each.value]]
    }
  }
}

data "aws_iam_policy_document" "archive" {
  for_each = local.sources

  statement {
    sid       = "FindBucket"
    actions   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
    resources = [module.archive.arn]
  }

  statement {
    sid       = "WriteObjects"
    actions   = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"]
    resources = [for folder in ["events", "errors"] : "${module.archive.arn}/${folder}/source=${each.value}/*"]
  }

  statement {
    sid       = "EncryptThroughS3"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.context.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.context.region}.amazonaws.com"]
    }
  }

  statement {
    sid       = "LogErrors"
    actions   = ["logs:PutLogEvents"]
    resources = ["arn:${local.partition}:logs:${local.arn_middle}:log-group:/aws/vendedlogs/${local.name}-archive:log-stream:${each.value}"]
  }

  dynamic "statement" {
    for_each = each.value == "pinpoint" ? ["${local.name}-transform"] : []

    content {
      sid       = "Transform"
      actions   = ["lambda:GetFunctionConfiguration", "lambda:InvokeFunction"]
      resources = [for version in ["", ":$LATEST"] : "arn:${local.partition}:lambda:${local.arn_middle}:function:${statement.value}${version}"]
    }
  }
}

resource "aws_iam_role" "archive" {
  for_each = local.sources

  name                 = "${local.name}-archive-${each.value}"
  description          = "What the stream ${local.name}-${each.value} may do to write its events to the archive."
  assume_role_policy   = data.aws_iam_policy_document.archive_trust[each.value].json
  permissions_boundary = var.context.permissions_boundary
}

resource "aws_iam_role_policy" "archive" {
  for_each = local.sources

  name   = "least-privilege"
  role   = aws_iam_role.archive[each.value].id
  policy = data.aws_iam_policy_document.archive[each.value].json
}
