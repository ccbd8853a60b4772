# `status` in the composition, with a mocked provider: what reaches it, what comes out, what is refused.
mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

# The zips are not built for a test of Terraform, and functions have their own tests.
override_module {
  target  = module.status[0].module.fold
  outputs = { name = "mailroom-test-status", arn = "arn:aws:lambda:eu-west-1:123456789012:function:mailroom-test-status", environment = {} }
}

override_module {
  target  = module.status[0].module.api
  outputs = { name = "mailroom-test-status-api", invoke_arn = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/api/invocations" }
}

override_module {
  target  = module.status[0].module.page
  outputs = { name = "mailroom-test-status-page", invoke_arn = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/page/invocations" }
}

override_module {
  target  = module.status[0].module.watch
  outputs = { name = "mailroom-test-status-watch", arn = "arn:aws:lambda:eu-west-1:123456789012:function:mailroom-test-status-watch" }
}

override_module {
  target  = module.status[0].module.transform
  outputs = { name = "mailroom-test-status-transform", arn = "arn:aws:lambda:eu-west-1:123456789012:function:mailroom-test-status-transform" }
}

variables {
  environment = "test"
  account_id  = "123456789012"
  region      = "eu-west-1"
  sending     = { domain = "mail.example.com" }
  status      = { ses = {}, sms = {} }
}

run "what_is_on_has_its_outputs" {
  command = plan

  assert {
    condition = (
      output.status_table == "mailroom-test-status"
      && output.status_archive_bucket == "mailroom-test-events-123456789012-eu-west-1"
      && output.status_streams == { ses = "mailroom-test-status-ses", sms = "mailroom-test-status-sms" }
      && output.status_athena_workgroup == "mailroom-test-status" && output.status_athena_database == "mailroom_test_status"
      && output.status_function_name == "mailroom-test-status" && output.status_api_function_name == "mailroom-test-status-api"
      && output.status_page_function_name == "mailroom-test-status-page" && output.status_watch_function_name == "mailroom-test-status-watch"
    )
    error_message = "Names must be made of the prefix mailroom-test."
  }

  # Without Pinpoint and without keys.
  assert {
    condition     = output.status_transform_function_name == null && output.status_pinpoint_application_id == null && output.status_usage_plan_id == null
    error_message = "Outputs of what is off must be null."
  }
}

run "what_is_off_makes_nothing" {
  command = plan

  variables {
    status = null
  }

  assert {
    condition     = length(module.status) == 0 && output.status_api_url == null && output.status_table == null && output.status_function_name == null && output.status_streams == null
    error_message = "Nothing of it, and its outputs are null."
  }
}

# Alone, without `sending`: one value.
run "it_stands_alone" {
  command = plan

  variables {
    sending = null
    status  = { pinpoint = { application_id = "0123456789abcdef0123456789abcdef" } }
  }

  assert {
    condition     = output.status_pinpoint_application_id == "0123456789abcdef0123456789abcdef" && output.status_streams == { pinpoint = "mailroom-test-status-pinpoint" } && output.status_transform_function_name == "mailroom-test-status-transform"
    error_message = "An application's id is enough."
  }
}

# What the root does not hand on would be lost without a word.
run "every_setting_reaches_the_module" {
  command = plan

  variables {
    status = {
      ses                    = { only_own_sets = true }
      pinpoint               = { create_application = "mailroom", replace_existing_stream = true }
      reference_tag          = "order"
      retention_days         = 30
      archive_retention_days = 40
      stuck_hours            = 5
      archive                = { buffer_seconds = 120, buffer_mb = 5, query_limit_mb = 100 }
      queue                  = { maximum_receives = 2, alarms = { dead_letters = 1, oldest_age_seconds = 0 } }
      fold                   = { batch_size = 50, batch_window_seconds = 2 }
      api                    = { authorization = "api_keys", quota = { requests = 10, period = "WEEK" } }
    }
  }

  assert {
    condition = output.status_settings == {
      authorization          = "api_keys"
      reference_tag          = "order"
      retention_days         = 30
      archive_retention_days = 40
      stuck_hours            = 5
    }
    error_message = "What the environment's file says must reach the module."
  }

  assert {
    condition     = keys(output.status_streams) == ["pinpoint", "ses"]
    error_message = "The sources that are named, and no other."
  }
}

run "the_modules_defaults_are_its_own" {
  command = plan

  assert {
    condition = output.status_settings == {
      authorization          = "iam"
      reference_tag          = "reference"
      retention_days         = 400
      archive_retention_days = 400
      stuck_hours            = 72
    }
    error_message = "A member left out takes the module's default."
  }
}

# They publish by themselves, and twice would be twice.
run "a_set_of_sending_needs_no_second_destination" {
  command = plan

  variables {
    sending = { domain = "mail.example.com", configuration_sets = { inbound = {}, news = { name = "newsletter" } } }
    status  = { ses = { configuration_sets = ["newsletter"] } }
  }

  expect_failures = [var.status]
}

run "a_status_of_nothing_is_refused" {
  command = plan

  variables {
    status = { stuck_hours = 4 }
  }

  expect_failures = [var.status]
}
