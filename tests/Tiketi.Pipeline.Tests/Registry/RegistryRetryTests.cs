using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Registry;

namespace Tiketi.Pipeline.Tests.Registry;

public sealed class RegistryRetryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task AFaultThatStays_IsToldAfterAsManyTries(int attempts)
    {
        var retry = new RegistryRetry(TimeProvider.System, NullLogger.Instance, attempts, TimeSpan.FromMilliseconds(1), new Random(1));
        var tries = 0;

        await FluentActions.Awaiting(() => retry.RunAsync<int>("backend", _ => throw new RegistryFault($"fault {++tries}"), CancellationToken.None))
            .Should().ThrowAsync<PipelineException>().WithMessage($"The image of backend could not be published after {attempts} tries: fault {attempts}");
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(3, 8)]
    [InlineData(10, 20)]
    public void Pauses_FillTheWholeOfADoublingLimit(int tries, double limit)
    {
        var retry = new RegistryRetry(TimeProvider.System, NullLogger.Instance, attempts: 5, TimeSpan.FromSeconds(1), new Random(20261123));

        var pauses = Enumerable.Range(0, 2000).Select(_ => retry.Pause(tries).TotalSeconds).ToList();

        pauses.Should().OnlyContain(pause => pause >= 0 && pause < limit);
        pauses.Min().Should().BeLessThan(limit * 0.05, "full jitter has no least pause");
        pauses.Average().Should().BeApproximately(limit / 2, limit * 0.05);
    }
}
