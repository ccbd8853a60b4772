# What `status` is made of on the side of its sources: a second plan must find nothing to do.

terraform {
  required_version = ">= 1.11"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

data "aws_caller_identity" "this" {}

locals {
  account = data.aws_caller_identity.this.account_id
}

# The archive and what changes records on their way

resource "aws_s3_bucket" "archive" {
  bucket_prefix = "archive-"
  force_destroy = true
}

data "aws_iam_policy_document" "trust" {
  for_each = toset(["firehose", "events", "pinpoint", "lambda", "sms-voice"])

  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["${each.key}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "of" {
  for_each = data.aws_iam_policy_document.trust

  name               = "no-drift-${each.key}"
  assume_role_policy = each.value.json
}

resource "aws_iam_role_policy" "of" {
  for_each = {
    firehose    = ["s3:PutObject", "lambda:InvokeFunction"]
    events      = ["firehose:PutRecord"]
    pinpoint    = ["firehose:PutRecordBatch", "firehose:DescribeDeliveryStream"]
    "sms-voice" = ["firehose:PutRecordBatch"]
  }

  role = aws_iam_role.of[each.key].name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = each.value, Resource = "*" }]
  })
}

resource "aws_lambda_function" "transform" {
  function_name    = "no-drift-transform"
  role             = aws_iam_role.of["lambda"].arn
  runtime          = "python3.13"
  handler          = "code.echo"
  filename         = "${path.module}/code.zip"
  source_code_hash = filebase64sha256("${path.module}/code.zip")
}

resource "aws_kinesis_firehose_delivery_stream" "events" {
  name        = "no-drift-events"
  destination = "extended_s3"

  extended_s3_configuration {
    role_arn            = aws_iam_role.of["firehose"].arn
    bucket_arn          = aws_s3_bucket.archive.arn
    prefix              = "events/day=!{timestamp:yyyy-MM-dd}/"
    error_output_prefix = "errors/!{firehose:error-output-type}/day=!{timestamp:yyyy-MM-dd}/"
    compression_format  = "GZIP"
    file_extension      = ".json.gz"
    custom_time_zone    = "UTC"
    buffering_interval  = 60
    buffering_size      = 5

    processing_configuration {
      enabled = true

      processors {
        type = "Lambda"
        parameters {
          parameter_name  = "LambdaArn"
          parameter_value = "${aws_lambda_function.transform.arn}:$LATEST"
        }
        parameters {
          parameter_name  = "NumberOfRetries"
          parameter_value = "1"
        }
      }
      processors {
        type = "AppendDelimiterToRecord"
      }
    }
  }

  depends_on = [aws_iam_role_policy.of]
}

# EventBridge's events, into the stream and into a queue

resource "aws_cloudwatch_event_rule" "sources" {
  name          = "no-drift-sources"
  event_pattern = jsonencode({ source = ["aws.ses", "aws.sms-voice"] })
}

resource "aws_cloudwatch_event_target" "stream" {
  rule      = aws_cloudwatch_event_rule.sources.name
  target_id = "stream"
  arn       = aws_kinesis_firehose_delivery_stream.events.arn
  role_arn  = aws_iam_role.of["events"].arn

  input_transformer {
    input_paths    = { detail = "$.detail" }
    input_template = "{\"detail\": <detail>}"
  }
}

# Pinpoint

resource "aws_pinpoint_app" "bare" {
  name = "no-drift-bare"
}

resource "aws_pinpoint_app" "set" {
  name = "no-drift-set"
  tags = { capability = "status" }

  limits {
    maximum_duration = 600
  }
  quiet_time {
    start = "22:00"
    end   = "06:00"
  }
}

resource "aws_pinpoint_email_channel" "set" {
  application_id = aws_pinpoint_app.set.application_id
  from_address   = "from@mail.example"
  identity       = "arn:aws:ses:eu-west-1:${local.account}:identity/mail.example"
}

resource "aws_pinpoint_sms_channel" "set" {
  application_id = aws_pinpoint_app.set.application_id
}

resource "aws_pinpoint_event_stream" "set" {
  application_id         = aws_pinpoint_app.set.application_id
  destination_stream_arn = aws_kinesis_firehose_delivery_stream.events.arn
  role_arn               = aws_iam_role.of["pinpoint"].arn
}

# End User Messaging SMS

resource "aws_pinpointsmsvoicev2_configuration_set" "texts" {
  name = "no-drift"
  tags = { capability = "status" }
}

resource "aws_pinpointsmsvoicev2_opt_out_list" "texts" {
  name = "no-drift"
}

resource "aws_pinpointsmsvoicev2_phone_number" "simulator" {
  iso_country_code    = "US"
  message_type        = "TRANSACTIONAL"
  number_type         = "SIMULATOR"
  number_capabilities = ["SMS"]
  opt_out_list_name   = aws_pinpointsmsvoicev2_opt_out_list.texts.name
  tags                = { capability = "status" }
}
