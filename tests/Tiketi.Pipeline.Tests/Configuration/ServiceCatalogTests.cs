using Tiketi.Pipeline.Configuration;

namespace Tiketi.Pipeline.Tests.Configuration;

public sealed class ServiceCatalogTests
{
    [Fact]
    public void WithoutAFile_TheCatalogueIsTheGuides()
    {
        ServiceCatalog.Parse("tiketi.yaml", "", "linux/amd64")
            .Select(service => (service.Name, service.Context, service.Port, service.Path, service.Repository, service.KubernetesService))
            .Should().Equal(
                ("backend", "./backend", 3001, "/", "tiketi/backend", "backend-service"),
                ("auth-service", "./services/auth-service", 3002, "/api/auth", "tiketi/auth-service", "auth-service"),
                ("ticket-service", "./services/ticket-service", 3001, "/api/tickets", "tiketi/ticket-service", "ticket-service"),
                ("payment-service", "./services/payment-service", 3003, "/api/payments", "tiketi/payment-service", "payment-service"),
                ("stats-service", "./services/stats-service", 3004, "/api/stats", "tiketi/stats-service", "stats-service"));
    }

    [Fact]
    public void AFile_OverridesWhatItNames_AndNothingElse()
    {
        const string text = """
            services:
              auth-service:
                context: .
                dockerfile: ./services/auth-service/Dockerfile
                port: 3005
                replicas: 3
                buildArguments:
                  FEATURES: queue
            """;

        var auth = ServiceCatalog.Parse("tiketi.yaml", text, "linux/arm64").Single(service => service.Name == "auth-service");

        auth.Context.Should().Be(".");
        auth.Dockerfile.Should().Be("./services/auth-service/Dockerfile");
        auth.Port.Should().Be(3005);
        auth.Replicas.Should().Be(3);
        auth.Path.Should().Be("/api/auth");
        auth.Platform.Should().Be("linux/arm64");
        auth.BuildArguments.Should().ContainKey("FEATURES").WhoseValue.Should().Be("queue");
    }

    [Fact]
    public void AnUnknownKey_AndAnAddedServiceWithoutAPort_AreProblems()
    {
        const string text = "services:\n  backend:\n    prot: 1\n  search-service:\n    path: /api/search";

        var act = () => ServiceCatalog.Parse("tiketi.yaml", text, "linux/amd64");

        act.Should().Throw<PipelineException>()
            .WithMessage("*tiketi.yaml:5: the service 'search-service' is not one of the standard ones, so it needs a 'port' and a 'path'*unknown key 'services.backend.prot'*");
    }

    [Fact]
    public void AMissingApplicationRoot_NamesTheOption()
    {
        var act = () => ServiceCatalog.Load(Path.Combine(Path.GetTempPath(), "no-such-application"), "linux/amd64");

        act.Should().Throw<PipelineException>().Which.Remedy.Should().Contain("--app-root");
    }
}
