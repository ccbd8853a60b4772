# What the policies really say: the real provider writes the documents (a mocked one invents them), at plan
# only, with dummy keys and nothing asked of AWS. The skip flags are for this file alone; the root has none.
provider "aws" {
  region     = "eu-west-1"
  access_key = "dummy"
  secret_key = "dummy"

  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
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

run "the_function_reads_links_and_attachments_and_no_more" {
  command = plan

  assert {
    condition = jsondecode(data.aws_iam_policy_document.links.json).Statement == [
      {
        Sid      = "LookUpLink"
        Effect   = "Allow"
        Action   = "dynamodb:GetItem"
        Resource = "arn:aws:dynamodb:eu-west-1:123456789012:table/mailroom-test-links"
      },
      {
        Sid      = "SignAttachment"
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = "arn:aws:s3:::mailroom-test-attachments-123456789012-eu-west-1/attachments/*"
      },
      {
        Sid       = "DecryptThroughServices"
        Effect    = "Allow"
        Action    = "kms:Decrypt"
        Resource  = var.context.kms_key_arn
        Condition = { StringEquals = { "kms:ViaService" = ["dynamodb.eu-west-1.amazonaws.com", "s3.eu-west-1.amazonaws.com"] } }
      },
    ]
    error_message = "Three actions, each on its one resource: GetItem, GetObject below attachments/, Decrypt through those two services."
  }
}

# With malware protection S3 itself refuses every version that was not found clean, whoever signed for it.
run "with_malware_protection_the_function_hands_out_clean_versions_only" {
  command = plan

  variables {
    malware_protection = true
  }

  assert {
    condition = [for statement in jsondecode(data.aws_iam_policy_document.links.json).Statement : statement if startswith(statement.Action, "s3:")] == [
      {
        Sid       = "SignAttachment"
        Effect    = "Allow"
        Action    = "s3:GetObjectVersion"
        Resource  = "arn:aws:s3:::mailroom-test-attachments-123456789012-eu-west-1/attachments/*"
        Condition = { StringEquals = { "s3:ExistingObjectTag/GuardDutyMalwareScanStatus" = "NO_THREATS_FOUND" } }
      },
      {
        Sid      = "ReadVerdict"
        Effect   = "Allow"
        Action   = "s3:GetObjectTagging"
        Resource = "arn:aws:s3:::mailroom-test-attachments-123456789012-eu-west-1/attachments/*"
      },
    ]
    error_message = "Of S3 the function may read clean versions and tags below attachments/, no more."
  }
}

run "guardduty_scans_and_tags_attachments_and_no_more" {
  command = plan

  assert {
    condition = jsondecode(data.aws_iam_policy_document.scan_trust.json).Statement == [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "malware-protection-plan.guardduty.amazonaws.com" }
      },
    ]
    error_message = "Only GuardDuty's malware protection may take the role."
  }

  # AWS's documented statements: its own rule, the bucket's events, its test object, scan, tag, decrypt.
  assert {
    condition = { for statement in jsondecode(data.aws_iam_policy_document.scan.json).Statement : statement.Sid => flatten([statement.Resource]) } == {
      ManageItsRule        = ["arn:aws:events:eu-west-1:123456789012:rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*"]
      WatchItsRule         = ["arn:aws:events:eu-west-1:123456789012:rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*"]
      SwitchOnBucketEvents = ["arn:aws:s3:::mailroom-test-attachments-123456789012-eu-west-1"]
      PutValidationObject  = ["arn:aws:s3:::mailroom-test-attachments-123456789012-eu-west-1/malware-protection-resource-validation-object"]
      Scan                 = ["arn:aws:s3:::mailroom-test-attachments-123456789012-eu-west-1/attachments/*"]
      Tag                  = ["arn:aws:s3:::mailroom-test-attachments-123456789012-eu-west-1/attachments/*"]
      DecryptThroughS3     = [var.context.kms_key_arn]
    }
    error_message = "Each action of GuardDuty's role on its own resource."
  }

  assert {
    condition = toset(flatten([for statement in jsondecode(data.aws_iam_policy_document.scan.json).Statement : statement.Action])) == toset([
      "events:DeleteRule", "events:DescribeRule", "events:ListTargetsByRule", "events:PutRule", "events:PutTargets",
      "events:RemoveTargets", "kms:Decrypt", "kms:GenerateDataKey", "s3:GetBucketNotification", "s3:GetObject",
      "s3:GetObjectTagging", "s3:GetObjectVersion", "s3:GetObjectVersionTagging", "s3:ListBucket",
      "s3:PutBucketNotification", "s3:PutObject", "s3:PutObjectTagging", "s3:PutObjectVersionTagging",
    ])
    error_message = "The actions are those that AWS documents for this role."
  }
}
