using System.Text;
using Amazon.ECR;
using Amazon.ECR.Model;
using NSubstitute;
using Tiketi.Pipeline.Registry;

namespace Tiketi.Pipeline.Tests.Registry;

public sealed class RegistryLoginTests
{
    private readonly IAmazonECR _ecr = Substitute.For<IAmazonECR>();

    [Fact]
    public async Task AllWhoWait_GetOneAnswer_AndNoneOfThemMayCancelItForTheOthers()
    {
        var answer = new TaskCompletionSource<GetAuthorizationTokenResponse>();
        _ecr.GetAuthorizationTokenAsync(Arg.Any<GetAuthorizationTokenRequest>(), Arg.Any<CancellationToken>()).Returns(answer.Task);
        using var impatience = new CancellationTokenSource();
        var login = new RegistryLogin(_ecr, TimeProvider.System);
        var impatient = login.GetAsync(impatience.Token);
        var patient = login.GetAsync(CancellationToken.None);

        await impatience.CancelAsync();
        await FluentActions.Awaiting(() => impatient).Should().ThrowAsync<OperationCanceledException>();
        answer.SetResult(Token("one"));

        (await patient).Password.Should().Be("one");
        login.Requests.Should().Be(1);
    }

    [Fact]
    public async Task AfterAFailure_ItIsAskedAgain()
    {
        var asked = 0;
        _ecr.GetAuthorizationTokenAsync(Arg.Any<GetAuthorizationTokenRequest>(), Arg.Any<CancellationToken>()).Returns(_ => ++asked == 1 ? throw new AmazonECRException("refused") : Token("two"));
        var login = new RegistryLogin(_ecr, TimeProvider.System);

        await FluentActions.Awaiting(() => login.GetAsync(CancellationToken.None)).Should().ThrowAsync<PipelineException>().WithMessage("ECR gives no login: refused");

        (await login.GetAsync(CancellationToken.None)).Password.Should().Be("two");
        (await login.GetAsync(CancellationToken.None)).Password.Should().Be("two");
        login.Requests.Should().Be(2);
    }

    private static GetAuthorizationTokenResponse Token(string password) => new()
    {
        AuthorizationData = [new AuthorizationData { AuthorizationToken = Convert.ToBase64String(Encoding.UTF8.GetBytes($"AWS:{password}")), ExpiresAt = DateTime.UtcNow.AddHours(12) }],
    };
}
