# Decisions, with a mocked provider: nothing is asked of AWS, and only what we decide is looked at.
# A mocked provider invents what a policy document says, so it is given an empty one; what the documents
# really say is tested in policies.tftest.hcl.
mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

variables {
  name        = "postcard"
  description = "Answers with a postcard."
  handler     = "lambda_src.postcard.handler.handle"
  package     = "main.tf" # any file that is there: what is in it does not matter at plan
  policy_json = "{}"

  context = {
    name_prefix        = "mailroom-test"
    account_id         = "123456789012"
    region             = "eu-west-1"
    kms_key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    alarm_topic_arn    = "arn:aws:sns:eu-west-1:123456789012:mailroom-test-alarms"
    retain_data        = true
    log_retention_days = 30
    log_level          = "INFO"
  }
}

run "the_defaults_hold" {
  command = plan

  # The runtime is what the zips are built for.
  assert {
    condition     = aws_lambda_function.this.runtime == "python3.13" && aws_lambda_function.this.architectures == tolist(["arm64"])
    error_message = "Zips hold pure Python for python3.13 on arm64."
  }

  assert {
    condition     = aws_lambda_function.this.function_name == "mailroom-test-postcard"
    error_message = "The name must be the prefix and the capability's name."
  }

  # Logs are JSON, encrypted, and end.
  assert {
    condition     = aws_lambda_function.this.logging_config[0].log_format == "JSON" && aws_lambda_function.this.logging_config[0].log_group == "/aws/lambda/mailroom-test-postcard"
    error_message = "The function must log JSON into the log group that is made here, not into one that Lambda makes without an end."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.retention_in_days == 30 && aws_cloudwatch_log_group.this.kms_key_id == var.context.kms_key_arn
    error_message = "The log group must have the environment's retention and key."
  }

  # One failed call in five minutes rings.
  assert {
    condition = (
      aws_cloudwatch_metric_alarm.errors.metric_name == "Errors"
      && aws_cloudwatch_metric_alarm.errors.threshold == 1
      && aws_cloudwatch_metric_alarm.errors.period == 300
      && aws_cloudwatch_metric_alarm.errors.comparison_operator == "GreaterThanOrEqualToThreshold"
      && aws_cloudwatch_metric_alarm.errors.dimensions == tomap({ FunctionName = "mailroom-test-postcard" })
      && aws_cloudwatch_metric_alarm.errors.alarm_actions == toset([var.context.alarm_topic_arn])
    )
    error_message = "The errors alarm must ring at one error in 300 s of this function, at the alarm topic."
  }
}

run "a_setting_wins_over_the_common_log_level" {
  command = plan

  variables {
    environment = { LOG_LEVEL = "DEBUG", GREETING = "hello" }
  }

  assert {
    condition     = aws_lambda_function.this.environment[0].variables == tomap({ LOG_LEVEL = "DEBUG", GREETING = "hello" })
    error_message = "The caller's variables must be added to LOG_LEVEL and win over it."
  }
}

run "the_boundary_reaches_the_role" {
  command = plan

  variables {
    context = merge(var.context, { permissions_boundary = "arn:aws:iam::123456789012:policy/boundary" })
  }

  assert {
    condition     = aws_iam_role.this.permissions_boundary == "arn:aws:iam::123456789012:policy/boundary"
    error_message = "A permissions boundary of the environment must be on the role."
  }
}

run "a_missing_zip_is_refused" {
  command = plan

  variables {
    package = "no/such.zip"
  }

  expect_failures = [aws_lambda_function.this]
}

run "a_handler_outside_lambda_src_is_refused" {
  command = plan

  variables {
    handler = "postcard.handle"
  }

  expect_failures = [var.handler]
}

run "a_variable_that_lambda_reserves_is_refused" {
  command = plan

  variables {
    environment = { AWS_REGION = "eu-west-1" }
  }

  expect_failures = [var.environment]
}

run "numbers_out_of_range_are_refused" {
  command = plan

  variables {
    memory_mb            = 64
    timeout_seconds      = 901
    reserved_concurrency = -2
    alarm_errors         = 0
  }

  expect_failures = [var.memory_mb, var.timeout_seconds, var.reserved_concurrency, var.alarm_errors]
}

run "a_prefix_too_long_for_bucket_names_is_refused" {
  command = plan

  variables {
    context = merge(var.context, { name_prefix = "mailroom-a-very-long-one" })
  }

  expect_failures = [var.context]
}
