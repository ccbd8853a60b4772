# Every SES and alarm resource that the local cloud has, applied and planned again by test_terraform.py.
provider "aws" { region = "eu-west-1" }
resource "aws_sesv2_configuration_set" "s" {
  configuration_set_name = "full"
  delivery_options {
    max_delivery_seconds = 300
    tls_policy           = "REQUIRE"
  }
  reputation_options { reputation_metrics_enabled = true }
  sending_options { sending_enabled = true }
  suppression_options { suppressed_reasons = ["BOUNCE", "COMPLAINT"] }
  tracking_options { custom_redirect_domain = "t.example.com" }
  vdm_options {
    dashboard_options { engagement_metrics = "ENABLED" }
    guardian_options { optimized_shared_delivery = "ENABLED" }
  }
  tags = { a = "1" }
}
resource "aws_sesv2_configuration_set" "bare" { configuration_set_name = "bare" }
resource "aws_sesv2_configuration_set" "off" {
  configuration_set_name = "off"
  sending_options { sending_enabled = false }
  reputation_options { reputation_metrics_enabled = false }
}
resource "aws_sesv2_email_identity" "d" {
  email_identity         = "example.com"
  configuration_set_name = aws_sesv2_configuration_set.s.configuration_set_name
  dkim_signing_attributes { next_signing_key_length = "RSA_2048_BIT" }
  tags = { b = "2" }
}
resource "aws_sesv2_email_identity" "a" { email_identity = "person@other.example" }
resource "aws_sesv2_email_identity" "plain" { email_identity = "plain.example" }
resource "aws_sesv2_email_identity_mail_from_attributes" "m" {
  email_identity         = aws_sesv2_email_identity.d.email_identity
  behavior_on_mx_failure = "REJECT_MESSAGE"
  mail_from_domain       = "bounce.example.com"
}
resource "aws_sesv2_email_identity_feedback_attributes" "f" {
  email_identity           = aws_sesv2_email_identity.d.email_identity
  email_forwarding_enabled = false
}
resource "aws_sesv2_email_identity_policy" "p" {
  email_identity = aws_sesv2_email_identity.d.email_identity
  policy_name    = "p"
  policy         = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::000000000000:root" }, Action = "ses:SendEmail", Resource = aws_sesv2_email_identity.d.arn }] })
}
resource "aws_sns_topic" "t" { name = "t" }
resource "aws_sesv2_configuration_set_event_destination" "e" {
  configuration_set_name = aws_sesv2_configuration_set.s.configuration_set_name
  event_destination_name = "bus"
  event_destination {
    enabled              = true
    matching_event_types = ["SEND", "BOUNCE", "DELIVERY_DELAY"]
    event_bridge_destination { event_bus_arn = "arn:aws:events:eu-west-1:000000000000:event-bus/default" }
  }
}
resource "aws_sesv2_configuration_set_event_destination" "e2" {
  configuration_set_name = aws_sesv2_configuration_set.s.configuration_set_name
  event_destination_name = "sns"
  event_destination {
    enabled              = false
    matching_event_types = ["SEND"]
    sns_destination { topic_arn = aws_sns_topic.t.arn }
  }
}
resource "aws_sesv2_configuration_set_event_destination" "e3" {
  configuration_set_name = aws_sesv2_configuration_set.s.configuration_set_name
  event_destination_name = "cw"
  event_destination {
    matching_event_types = ["SEND"]
    cloud_watch_destination {
      dimension_configuration {
        default_dimension_value = "x"
        dimension_name          = "d"
        dimension_value_source  = "MESSAGE_TAG"
      }
    }
  }
}
resource "aws_sesv2_account_suppression_attributes" "s" { suppressed_reasons = ["COMPLAINT"] }
resource "aws_sesv2_account_vdm_attributes" "v" {
  vdm_enabled = "ENABLED"
  dashboard_attributes { engagement_metrics = "ENABLED" }
  guardian_attributes { optimized_shared_delivery = "DISABLED" }
}
resource "aws_ses_receipt_filter" "f" {
  name   = "f"
  cidr   = "10.10.10.10"
  policy = "Block"
}
resource "aws_ses_receipt_rule_set" "m" { rule_set_name = "m" }
resource "aws_ses_active_receipt_rule_set" "m" { rule_set_name = aws_ses_receipt_rule_set.m.rule_set_name }
resource "aws_ses_receipt_rule" "one" {
  name          = "one"
  rule_set_name = aws_ses_receipt_rule_set.m.rule_set_name
  recipients    = ["x@example.com", "example.com"]
  enabled       = true
  scan_enabled  = true
  tls_policy    = "Require"
  add_header_action {
    header_name  = "X-A"
    header_value = "b"
    position     = 1
  }
  stop_action {
    scope    = "RuleSet"
    position = 2
  }
}
resource "aws_ses_receipt_rule" "two" {
  name          = "two"
  rule_set_name = aws_ses_receipt_rule_set.m.rule_set_name
  after         = aws_ses_receipt_rule.one.name
  bounce_action {
    message         = "no"
    sender          = aws_ses_email_identity.v1.email
    smtp_reply_code = "550"
    status_code     = "5.1.1"
    topic_arn       = aws_sns_topic.t.arn
    position        = 1
  }
  sns_action {
    topic_arn = aws_sns_topic.t.arn
    encoding  = "Base64"
    position  = 2
  }
  s3_action {
    bucket_name       = aws_s3_bucket_policy.mail.bucket
    object_key_prefix = "in"
    kms_key_arn       = aws_kms_key.mail.arn
    topic_arn         = aws_sns_topic.t.arn
    position          = 3
  }
}
resource "aws_s3_bucket" "mail" {
  bucket        = "no-drift-mail"
  force_destroy = true # SES leaves its note there
}
resource "aws_s3_bucket_policy" "mail" {
  bucket = aws_s3_bucket.mail.bucket
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "ses.amazonaws.com" }, Action = "s3:PutObject", Resource = "${aws_s3_bucket.mail.arn}/*" }] })
}
resource "aws_kms_key" "mail" {
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Principal = { AWS = "arn:aws:iam::000000000000:root" }, Action = "kms:*", Resource = "*" },
    { Effect = "Allow", Principal = { Service = "ses.amazonaws.com" }, Action = "kms:GenerateDataKey*", Resource = "*" },
  ] })
}
resource "aws_ses_domain_identity" "v1" { domain = "v1.example" }
resource "aws_ses_domain_dkim" "v1" { domain = aws_ses_domain_identity.v1.domain }
resource "aws_ses_domain_mail_from" "v1" {
  domain           = aws_ses_domain_identity.v1.domain
  mail_from_domain = "b.v1.example"
}
resource "aws_ses_email_identity" "v1" { email = "me@v1mail.example" }
resource "aws_ses_identity_policy" "v1" {
  identity = aws_ses_domain_identity.v1.domain
  name     = "p"
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::000000000000:root" }, Action = "ses:SendEmail", Resource = aws_ses_domain_identity.v1.arn }] })
}
resource "aws_ses_identity_notification_topic" "nt" {
  topic_arn                = aws_sns_topic.t.arn
  notification_type        = "Bounce"
  identity                 = aws_ses_domain_identity.v1.domain
  include_original_headers = true
}
resource "aws_ses_configuration_set" "v1" {
  name = "v1set"
  delivery_options { tls_policy = "Require" }
  reputation_metrics_enabled = true
  sending_enabled            = true
}
resource "aws_cloudwatch_metric_alarm" "q" {
  alarm_name          = "math"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 2
  threshold           = 1
  alarm_description   = "d <&>"
  metric_query {
    id          = "e1"
    expression  = "m1+m2"
    label       = "sum"
    return_data = true
  }
  metric_query {
    id = "m1"
    metric {
      metric_name = "a"
      namespace   = "n"
      period      = 60
      stat        = "Sum"
      dimensions  = { x = "y" }
    }
  }
  metric_query {
    id = "m2"
    metric {
      metric_name = "b"
      namespace   = "n"
      period      = 60
      stat        = "Sum"
    }
  }
}
resource "aws_cloudwatch_metric_alarm" "ext" {
  alarm_name                = "ext"
  comparison_operator       = "GreaterThanThreshold"
  evaluation_periods        = 2
  threshold                 = 0
  metric_name               = "a"
  namespace                 = "n"
  period                    = 60
  extended_statistic        = "p95"
  actions_enabled           = false
  alarm_actions             = [aws_sns_topic.t.arn]
  insufficient_data_actions = [aws_sns_topic.t.arn]
}
resource "aws_cloudwatch_composite_alarm" "c" {
  alarm_name        = "comp"
  alarm_description = "c"
  alarm_rule        = "ALARM(${aws_cloudwatch_metric_alarm.ext.alarm_name}) OR ALARM(${aws_cloudwatch_metric_alarm.q.alarm_name})"
  alarm_actions     = [aws_sns_topic.t.arn]
  ok_actions        = [aws_sns_topic.t.arn]
}
resource "aws_s3_bucket" "files" { bucket = "files-of-the-scan" }
resource "aws_iam_role" "scan" {
  name               = "scan"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "malware-protection-plan.guardduty.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}
resource "aws_guardduty_malware_protection_plan" "p" {
  role = aws_iam_role.scan.arn
  protected_resource {
    s3_bucket {
      bucket_name     = aws_s3_bucket.files.id
      object_prefixes = ["attachments/"]
    }
  }
  actions {
    tagging { status = "ENABLED" }
  }
  tags = { a = "1" }
}
