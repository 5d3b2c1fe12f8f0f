using Tiketi.Pipeline.Configuration;

namespace Tiketi.Pipeline.Tests.Configuration;

public sealed class EnvironmentFileTests
{
    [Fact]
    public void Domain_GivesTheAddressesOfTheGuide()
    {
        var settings = EnvironmentFile.Parse("environments/production.yaml", "production", "domain: tiketi.example");

        settings.SiteUrl.Should().Be(new Uri("https://tiketi.example"));
        settings.ApiUrl.Should().Be(new Uri("https://api.tiketi.example"));
        settings.Region.Should().Be("ap-northeast-2");
        settings.Platform.Should().Be("linux/amd64");
        settings.Overlay.Should().Be("production");
        settings.LocalCloud.Should().BeNull();
    }

    [Fact]
    public void EveryProblem_IsNamedWithItsLine_InOneMessage()
    {
        const string text = """
            domain: tiketi.example
            platform: linux/amd
            platfrom: linux/arm64
            apiUrl: api.example.com
            localCloud:
              awsPort: 99999
              awsPrt: 1
            """;

        var act = () => EnvironmentFile.Parse("environments/staging.yaml", "staging", text);

        act.Should().Throw<PipelineException>().Which.Message.Split(Environment.NewLine).Should().BeEquivalentTo(
            "environments/staging.yaml:2: 'platform' is 'linux/amd'; allowed: linux/amd64, linux/arm64, native",
            "environments/staging.yaml:4: 'apiUrl' is 'api.example.com'; allowed: an http:// or https:// address without a path, such as https://api.example.com",
            "environments/staging.yaml:6: 'localCloud.awsPort' is '99999'; allowed: a whole number from 1 to 65535",
            "environments/staging.yaml:3: unknown key 'platfrom'; known here: apiUrl, domain, failOnSeverity, googleClientId, imageMirrors, localCloud, namespace, overlay, parameters, platform, region, siteUrl, smokeTest",
            "environments/staging.yaml:7: unknown key 'localCloud.awsPrt'; known here: awsPort, cdnPort, ingressPort, kubernetesPort");
    }

    [Fact]
    public void WorkHours_StopNoProduction()
    {
        const string Text = "domain: tiketi.example\nparameters:\n  WorkHours: 8-20";

        EnvironmentFile.Parse("environments/staging.yaml", "staging", Text).Parameters["WorkHours"].Should().Be("8-20");
        FluentActions.Invoking(() => EnvironmentFile.Parse("environments/production.yaml", "production", Text)).Should().Throw<PipelineException>().WithMessage("environments/production.yaml:*'parameters.WorkHours' would stop production at night*");
    }

    [Fact]
    public void NeitherDomainNorAddresses_IsAProblem()
    {
        var act = () => EnvironmentFile.Parse("environments/x.yaml", "x", "region: eu-west-1");

        act.Should().Throw<PipelineException>().WithMessage("*'domain' is missing: set it, or set both 'siteUrl' and 'apiUrl'*");
    }

    [Fact]
    public void BrokenYaml_IsNamedWithItsLine()
    {
        var act = () => EnvironmentFile.Parse("environments/x.yaml", "x", "domain: a.example\n\tplatform: native");

        act.Should().Throw<PipelineException>().WithMessage("environments/x.yaml:2: this is not valid YAML*");
    }

    [Fact]
    public void UnknownEnvironment_ListsTheKnownOnes()
    {
        var directory = Directory.CreateTempSubdirectory("environments-");
        File.WriteAllText(Path.Combine(directory.FullName, "local.yaml"), "");
        File.WriteAllText(Path.Combine(directory.FullName, "staging.yaml"), "");
        try
        {
            var act = () => EnvironmentFile.Load(directory.FullName, "prod");

            act.Should().Throw<PipelineException>().WithMessage("There is no environment 'prod'.")
                .Which.Remedy.Should().Contain("local, staging");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public void ImageMirrors_AreRegistriesToPlacesInOthers()
    {
        EnvironmentFile.Parse("e.yaml", "e", "domain: a.example\nimageMirrors:\n  docker.io: mirror:5000/hub\n  docker.io/library/node: cache.example/node").ImageMirrors
            .Should().Equal(new Dictionary<string, string>(StringComparer.Ordinal) { ["docker.io"] = "mirror:5000/hub", ["docker.io/library/node"] = "cache.example/node" });

        var act = () => EnvironmentFile.Parse("e.yaml", "e", "domain: a.example\nimageMirrors:\n  dockerhub: a.example\n  hub.docker.com: a.example\n  ghcr.io: https://a.example\n  quay.io: a.example/x:1");
        act.Should().Throw<PipelineException>().WithMessage(
            "e.yaml:3: 'imageMirrors.dockerhub': 'dockerhub' is no registry; did you mean docker.io?*e.yaml:4: *did you mean docker.io?*e.yaml:5: *'https://a.example' is no place in a registry*e.yaml:6: *'a.example/x:1' is no place in a registry*");
    }

    [Fact]
    public void TemplateParameters_AreFree() =>
        EnvironmentFile.Parse("e.yaml", "e", "domain: a.example\nparameters:\n  DatabaseInstanceClass: db.t3.medium").Parameters
            .Should().Equal(new Dictionary<string, string>(StringComparer.Ordinal) { ["DatabaseInstanceClass"] = "db.t3.medium" });
}
