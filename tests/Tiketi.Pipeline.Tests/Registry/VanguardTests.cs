using Tiketi.Pipeline.Registry;

namespace Tiketi.Pipeline.Tests.Registry;

public sealed class VanguardTests
{
    private readonly Vanguard _vanguard = new();

    [Fact]
    public async Task OnePush_GoesAhead_AndTheOthersFollowTogether()
    {
        var first = new TaskCompletionSource<int>();
        var others = new TaskCompletionSource<int>();
        var begun = 0;
        var leading = _vanguard.RunAsync(() => first.Task, CancellationToken.None);
        var following = Enumerable.Range(0, 3).Select(_ => _vanguard.RunAsync(() => Interlocked.Increment(ref begun) == 3 ? CompleteAsync(others) : others.Task, CancellationToken.None)).ToList();

        begun.Should().Be(0);
        first.SetResult(1);

        (await leading).Should().Be(1);
        (await Task.WhenAll(following).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken)).Should().Equal([2, 2, 2], "none of the three waits for another");
    }

    [Fact]
    public async Task APushThatFails_LetsAnotherGoAhead_AndOnlyThat()
    {
        var (first, second, isSecondAhead) = (new TaskCompletionSource<int>(), new TaskCompletionSource<int>(), new TaskCompletionSource());
        var third = 0;
        var failing = _vanguard.RunAsync(() => first.Task, CancellationToken.None);
        var next = _vanguard.RunAsync(
            () =>
            {
                isSecondAhead.SetResult();
                return second.Task;
            },
            CancellationToken.None);

        first.SetException(new RegistryFault("not now"));

        await FluentActions.Awaiting(() => failing).Should().ThrowAsync<RegistryFault>();
        await isSecondAhead.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        var last = _vanguard.RunAsync(() => Task.FromResult(++third), CancellationToken.None);
        third.Should().Be(0);
        second.SetResult(2);
        (await next).Should().Be(2);
        (await last).Should().Be(1);
    }

    [Fact]
    public async Task WhoeverWaits_MayStopWaiting()
    {
        using var stop = new CancellationTokenSource();
        var first = new TaskCompletionSource<int>();
        var leading = _vanguard.RunAsync(() => first.Task, CancellationToken.None);
        var waiting = _vanguard.RunAsync(() => Task.FromResult(2), stop.Token);

        await stop.CancelAsync();

        await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<OperationCanceledException>();
        first.SetResult(1);
        (await leading).Should().Be(1);
    }

    private static Task<int> CompleteAsync(TaskCompletionSource<int> source)
    {
        source.SetResult(2);
        return source.Task;
    }
}
