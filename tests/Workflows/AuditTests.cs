namespace Tiketi.Workflows.Tests;

public sealed class AuditTests
{
    public static TheoryData<string, string> RulesAndFiles() => new(
        from rule in Audits.All.Keys
        from name in Generated.Names
        select (rule, name));

    [Theory]
    [MemberData(nameof(RulesAndFiles))]
    public void Every_rule_holds_for_every_workflow(string rule, string name) =>
        Audits.All[rule](WorkflowFile.Parse(name, Generated.Committed(name))).Should().BeEmpty();

    /// <summary>Our own files, each broken in one place.</summary>
    public static TheoryData<string, string, string, string> Breaches() => new()
    {
        { "NothingIsPermittedAtTheTop", "ci", "permissions: {}", "permissions: read-all" },
        { "NothingIsPermittedAtTheTop", "ci", "permissions: {}", "permissions: { contents: read }" },
        { "JobsHaveTheLeastPermissions", "ci", "contents: read", "contents: write" },
        { "JobsHaveTheLeastPermissions", "ci", "    permissions:\n      contents: read # checkout\n    steps", "    permissions:\n      id-token: write\n    steps" },
        { "JobsHaveTheLeastPermissions", "deploy", "id-token: write", "packages: write" },
        { "JobsHaveTheLeastPermissions", "ci", "    permissions:\n      contents: read # checkout\n    steps", "    permissions: write-all\n    steps" },
        { "RolesComeFromTheEnvironment", "deploy", "AWS_ROLE_ARN: ${{ vars.AWS_ROLE_ARN }}", "AWS_ROLE_ARN: arn:aws:iam::123456789012:role/admin" },
        { "RolesComeFromTheEnvironment", "deploy", "AWS_ROLE_ARN:", "AWS_SECRET_ACCESS_KEY:" },
        { "RolesComeFromTheEnvironment", "drift", "DEPLOY_TO: production", "KEY: AKIAABCDEFGHIJKLMNOP" },
        { "RolesComeFromTheEnvironment", "drift", "    environment: production-plan\n", "" },
        { "ActionsArePinned", "ci", "@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2", "@v6" },
        { "ActionsArePinned", "ci", " # v6.0.2", "" },
        { "ActionsArePinned", "ci", " # v6.0.2", " # v6.0.1" },
        { "ActionsArePinned", "ci", "de0fac2e4500", "000000000000" },
        { "CheckoutsLeaveNoCredential", "ci", "persist-credentials: false", "persist-credentials: true" },
        { "CheckoutsLeaveNoCredential", "ci", "          persist-credentials: false\n", "" },
        { "JobsHaveATimeout", "drift", "    timeout-minutes: 30\n", "" },
        { "JobsHaveATimeout", "drift", "timeout-minutes: 30", "timeout-minutes: 360" },
        { "DeploymentsQueue", "deploy", "cancel-in-progress: false", "cancel-in-progress: true" },
        { "DeploymentsQueue", "deploy", "cancel-in-progress: false", "cancel-in-progress: ${{ github.event_name == 'pull_request' }}" },
        { "DeploymentsQueue", "ci", "cancel-in-progress: ${{ github.event_name == 'pull_request' }}", "cancel-in-progress: true" },
        { "DeploymentsQueue", "deploy", "group: deploy-${{ inputs.environment || 'staging' }}", "group: deploy" },
        { "DeploymentsQueue", "drift", "concurrency:\n  group: drift-production\n  cancel-in-progress: false\n", "" },
        { "CommandsContainNoExpression", "deploy", "\"$DEPLOY_TO\"", "${{ inputs.environment }}" },
        { "PublishingJobsRestoreNoCache", "deploy", "      - run: ./build.sh Plan", "      - uses: actions/cache@v5\n      - run: ./build.sh Plan" },
        { "PublishingJobsRestoreNoCache", "deploy", "persist-credentials: false", "cache: npm" },
        { "SecretsStayInEnvironments", "ci", "      - run: ./build.sh Test", "      - run: ./build.sh Test\n        env:\n          KEY: ${{ secrets.KEY }}" },
        { "SecretsStayInEnvironments", "deploy", "permissions: {}", "permissions: {}\nenv:\n  KEY: ${{ secrets.KEY }}" },
        { "SecretsStayInEnvironments", "drift", "DEPLOY_TO: production", "ALL: ${{ toJSON(secrets) }}" },
        { "NoEventRunsForeignCodeWithRights", "ci", "pull_request:\n", "pull_request_target:\n" },
        { "NoEventRunsForeignCodeWithRights", "ci", " && github.event.pull_request.head.repo.full_name == github.repository", "" },
        { "NoEventRunsForeignCodeWithRights", "ci", "environment: staging-preview", "environment: staging-plan" },
        { "NoEventRunsForeignCodeWithRights", "deploy", "  push:\n", "  pull_request:\n  push:\n" },
        { "ReviewersSeeAPlan", "deploy", "needs: [build, plan]", "needs: [build]" },
        { "OnlyTheReviewedPlanIsApplied", "deploy", " --plan-file plan.json", "" },
        { "OnlyTheReviewedPlanIsApplied", "deploy", "actions/download-artifact", "actions/other" },
        { "OnlyTheReviewedPlanIsApplied", "deploy", "actions/upload-artifact", "actions/other" },
        { "CommandsAreThoseOfALaptop", "deploy", "./build.sh Deploy", "./deploy.sh" },
        { "CommandsAreThoseOfALaptop", "deploy", "- run: ./build.sh Plan", "- run: sudo ./.ci/packages\n      - run: ./build.sh Plan" },
    };

    [Theory]
    [MemberData(nameof(Breaches))]
    public void A_breach_is_found(string rule, string name, string text, string broken)
    {
        var committed = Generated.Committed(name);
        committed.Should().Contain(text);
        Audits.All[rule](WorkflowFile.Parse(name, committed.Replace(text, broken, StringComparison.Ordinal))).Should().NotBeEmpty();
    }

    [Fact]
    public void No_rule_is_without_a_breach() =>
        Audits.All.Keys.Should().BeEquivalentTo(Breaches().Select(breach => breach.Data.Item1).Distinct(StringComparer.Ordinal));
}
