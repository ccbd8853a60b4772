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
  name           = "parcels"
  retention_days = 14

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

run "the_name_is_unique_in_the_world_and_fits" {
  command = plan

  variables {
    name    = "attachments"
    context = merge(var.context, { name_prefix = "mailroom-abcdefghijklm", region = "ap-southeast-1" })
  }

  assert {
    condition     = aws_s3_bucket.this.bucket == "mailroom-abcdefghijklm-attachments-123456789012-ap-southeast-1"
    error_message = "A bucket is called <prefix>-<name>-<account>-<region>."
  }

  assert {
    condition     = length(aws_s3_bucket.this.bucket) <= 63
    error_message = "The longest prefix, name and Region that validations allow must fit into S3's 63 characters."
  }
}

run "the_defaults_hold" {
  command = plan

  # Retained data cannot be emptied by destroy.
  assert {
    condition     = aws_s3_bucket.this.force_destroy == false
    error_message = "While data is retained, destroying a bucket that holds something must fail."
  }

  # Everything in it ends.
  assert {
    condition = alltrue([
      for rule in aws_s3_bucket_lifecycle_configuration.this.rule :
      rule.expiration[0].days == 14 && rule.noncurrent_version_expiration[0].noncurrent_days == 7 && rule.abort_incomplete_multipart_upload[0].days_after_initiation == 1
    ])
    error_message = "Objects, old versions and unfinished uploads must each have an end (14, 7 and 1 days)."
  }

  # It is versioned, private, and encrypted with the environment's key.
  assert {
    condition     = aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled"
    error_message = "The ledger's keys name versions, so there must be versions."
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls, aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls, aws_s3_bucket_public_access_block.this.restrict_public_buckets,
    ])
    error_message = "All four kinds of public access must be blocked."
  }

  assert {
    condition = alltrue([
      for rule in aws_s3_bucket_server_side_encryption_configuration.this.rule :
      rule.apply_server_side_encryption_by_default[0].kms_master_key_id == var.context.kms_key_arn && rule.bucket_key_enabled
    ])
    error_message = "The bucket must be encrypted with the environment's key, through a bucket key."
  }
}

run "a_folder_may_be_emptied_earlier" {
  command = plan

  variables {
    retention_days_below = { "answers/" = 7 }
  }

  assert {
    condition     = [for rule in aws_s3_bucket_lifecycle_configuration.this.rule : "${rule.id} ${rule.expiration[0].days}"] == ["retention 14", "below-answers 7"] && aws_s3_bucket_lifecycle_configuration.this.rule[1].filter[0].prefix == "answers/"
    error_message = "The folder has a rule of its own beside that of the bucket."
  }
}

run "data_that_is_not_retained_goes_with_the_bucket" {
  command = plan

  variables {
    context = merge(var.context, { retain_data = false })
  }

  assert {
    condition     = aws_s3_bucket.this.force_destroy == true
    error_message = "Where data is not retained, destroy must empty the bucket, versions included."
  }
}

run "bad_input_is_refused" {
  command = plan

  variables {
    name                 = "Parcels-Of-Everybody"
    retention_days       = 0
    retention_days_below = { answers = 0 }
    noncurrent_days      = 0
    policy_documents     = ["no JSON"]
  }

  expect_failures = [var.name, var.retention_days, var.retention_days_below, var.noncurrent_days, var.policy_documents]
}
