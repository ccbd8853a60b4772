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
  package = "main.tf" # any file that is there: what is in it does not matter at plan

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

  # A link works for 36 hours and a signed address for a minute.
  assert {
    condition     = output.expiry_hours == 36
    error_message = "The default expiry is 36 hours."
  }

  # The table is what Python writes.
  assert {
    condition     = aws_dynamodb_table.links.name == "mailroom-test-links" && aws_dynamodb_table.links.hash_key == "token_hash" && aws_dynamodb_table.links.ttl[0].attribute_name == "removed_at"
    error_message = "The key must be token_hash, and items must end by removed_at."
  }

  assert {
    condition = toset([for index in aws_dynamodb_table.links.global_secondary_index : "${index.name} ${index.hash_key} ${index.projection_type}"]) == toset([
      "mail mail ALL", "object_key object_key ALL", "recipient recipient ALL",
    ])
    error_message = "The commands find links by mail, by file and by recipient, each by an index that is called as its attribute."
  }

  # Retained data protects the table.
  assert {
    condition     = aws_dynamodb_table.links.deletion_protection_enabled && aws_dynamodb_table.links.server_side_encryption[0].kms_key_arn == var.context.kms_key_arn
    error_message = "Deletion protection must follow retain_data, and the key must be the environment's."
  }

  # A token is looked up; every other path and method gets our page instead of the API's JSON.
  assert {
    condition     = toset([for route in aws_apigatewayv2_route.this : route.route_key]) == toset(["GET /{token}", "HEAD /{token}", "$default"])
    error_message = "Three routes: GET and HEAD of /{token}, and $default for all else."
  }

  assert {
    condition     = aws_apigatewayv2_stage.this.default_route_settings[0].throttling_rate_limit == 50 && aws_apigatewayv2_stage.this.default_route_settings[0].throttling_burst_limit == 100
    error_message = "50 requests a second, 100 at once."
  }
}

# Nothing of GuardDuty is made, and the function is told so.
run "malware_protection_is_off_by_default" {
  command = plan

  assert {
    condition     = length(aws_guardduty_malware_protection_plan.this) + length(aws_iam_role.scan) == 0
    error_message = "Without malware_protection there is no plan and no role for it."
  }

  assert {
    condition     = module.function.environment.MALWARE_PROTECTION == "false"
    error_message = "The function must not wait for verdicts that nobody writes."
  }
}

run "malware_protection_scans_and_tags_the_attachments" {
  command = plan

  variables {
    malware_protection = true
  }

  override_resource {
    target          = aws_iam_role.scan
    values          = { arn = "arn:aws:iam::123456789012:role/mailroom-test-links-scan" }
    override_during = plan
  }

  assert {
    condition     = module.function.environment.MALWARE_PROTECTION == "true"
    error_message = "The function must wait for the verdict."
  }

  assert {
    condition = (
      aws_guardduty_malware_protection_plan.this[0].protected_resource[0].s3_bucket[0].object_prefixes == toset(["attachments/"])
      && aws_guardduty_malware_protection_plan.this[0].protected_resource[0].s3_bucket[0].bucket_name == "mailroom-test-attachments-123456789012-eu-west-1"
      && aws_guardduty_malware_protection_plan.this[0].role == "arn:aws:iam::123456789012:role/mailroom-test-links-scan"
    )
    error_message = "The plan scans attachments/ of the attachments bucket, by its own role."
  }

  assert {
    condition     = aws_guardduty_malware_protection_plan.this[0].actions[0].tagging[0].status == "ENABLED"
    error_message = "Without tags the function learns nothing."
  }
}

run "data_that_is_not_retained_leaves_the_table_unprotected" {
  command = plan

  variables {
    context = merge(var.context, { retain_data = false })
  }

  assert {
    condition     = !aws_dynamodb_table.links.deletion_protection_enabled
    error_message = "Deletion protection must follow retain_data."
  }
}

# The token opens the file, so whoever reads the access log must not find it there.
run "the_access_log_never_holds_the_token" {
  command = plan

  override_resource {
    target          = aws_cloudwatch_log_group.api
    values          = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/mailroom-test-links-api" }
    override_during = plan
  }

  assert {
    condition = alltrue([
      for value in values(jsondecode(aws_apigatewayv2_stage.this.access_log_settings[0].format)) :
      contains(["$context.requestId", "$context.requestTimeEpoch", "$context.routeKey", "$context.status", "$context.responseLatency", "$context.integrationErrorMessage"], value)
    ])
    error_message = "Only fields without the path may be logged ($context.path, $context.protocol and the like can hold the token)."
  }
}

run "links_that_outlive_their_files_are_refused" {
  command = plan

  variables {
    expiry_hours = 337
  }

  expect_failures = [var.attachment_retention_days]
}

run "numbers_out_of_range_are_refused" {
  command = plan

  variables {
    expiry_hours       = 0
    signed_url_seconds = 901
    timeout_seconds    = 30
    throttle           = { burst = 0 }
  }

  expect_failures = [var.expiry_hours, var.signed_url_seconds, var.timeout_seconds, var.throttle]
}
