using Nuke.Common.Execution;
using Nuke.Common.Utilities;

namespace Nuke.Common.Tests.Running;

#nullable disable

[Collection(RunsBuilds.Name)]
public sealed class ComponentTests : IDisposable
{
    private readonly BuildHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    private interface ITraces : INukeBuild
    {
        void Note(string name);
    }

    private interface ICompile : ITraces
    {
        Target Compile => _ => _.Executes(() => Note("Compile"));
    }

    private interface IPack : ITraces
    {
        Target Pack => _ => _.TryDependsOn<ICompile>().TryAfter<IAbsent>(x => x.Absent).Executes(() => Note("Pack default"));
    }

    private interface IAbsent : INukeBuild
    {
        Target Absent => _ => _;
    }

    private interface IOther : ITraces
    {
        Target Compile => _ => _.Executes(() => Note("Other"));
    }

    private class ComponentBuild : TracingBuild, ICompile, IPack
    {
        void ITraces.Note(string name) => Trace(name);

        Target IPack.Pack => _ => _.Inherit<IPack>(x => x.Pack).Executes(() => Trace("Pack derived"));

        public virtual Target Virtual => _ => _.Executes(() => Trace("Virtual base"));
    }

    private sealed class DerivedBuild : ComponentBuild
    {
        public override Target Virtual => _ => _.Base().Executes(() => Trace("Virtual derived"));
    }

    private interface IVaries : ITraces
    {
        [Parameter]
        bool WithMore => TryGetValue<bool?>(() => WithMore) ?? false;

        [Parameter(Name = "key-of-more")]
        string Key => TryGetValue(() => Key);

        Target More => _ => _.When(WithMore, _ => _.Requires(() => Key)).Executes(() => Note("More"));

        Target Vary => _ => _.When(WithMore, _ => _.DependsOn(More)).Executes(() => Note("Vary"));
    }

    private sealed class VaryingBuild : TracingBuild, IVaries
    {
        void ITraces.Note(string name) => Trace(name);
    }

    private sealed class AmbiguousBuild : TracingBuild, ICompile, IOther
    {
        void ITraces.Note(string name) => Trace(name);
    }

    [Fact]
    public void ComponentTargets_AreFound_AndInheritCallsTheDefault() =>
        _harness.Run<ComponentBuild>("Pack").Ran.Should().Equal("Compile", "Pack default", "Pack derived");

    [Fact]
    public void Base_CallsTheOverriddenProperty() => _harness.Run<DerivedBuild>("Virtual").Ran.Should().Equal("Virtual base", "Virtual derived");

    [Fact]
    public void TheDefault_CanBeAComponentsTarget() =>
        _harness.Run<ComponentBuild>(string.Empty, x => ((ICompile)x).Compile).Ran.Should().Equal("Compile");

    [Fact]
    public void ADefinition_MayDependOnParameters()
    {
        _harness.Run<VaryingBuild>("Vary").Ran.Should().Equal("Vary");
        _harness.Run<VaryingBuild>("Vary --with-more --key-of-more x").Ran.Should().Equal("More", "Vary");
        var missing = _harness.Run<VaryingBuild>("Vary --with-more");
        missing.Ran.Should().BeEmpty("nothing runs before it is given");
        missing.Output.Should().Contain("--key-of-more").And.Contain("NUKE_KEY_OF_MORE");
    }

    [Fact]
    public void TwoComponentsWithTheSameTarget_AreAnError()
    {
        var result = _harness.Run<AmbiguousBuild>("Compile");
        result.ExitCode.Should().Be(-1);
        result.Output.Should().Contain("Target 'Compile' is defined by both 'ICompile' and 'IOther'");
    }

    [Fact]
    public void Contains_ComparesTargetsByProperty()
    {
        var build = (DerivedBuild)_harness.Run<DerivedBuild>("Virtual").Build;
        build.SucceededTargets.Contains(build.Virtual).Should().BeTrue();
        build.FailedTargets.Contains(build.Virtual).Should().BeFalse();
    }

    private sealed class HookAttribute : BuildExtensionAttributeBase, IOnTargetRunning, IOnTargetSucceeded, IOnTargetFailed, IOnBuildFinished
    {
        public void OnTargetRunning(ExecutableTarget target) => ((HookedBuild)Build).Notes.Add($"running {target.Name}");
        public void OnTargetSucceeded(ExecutableTarget target) => ((HookedBuild)Build).Notes.Add($"succeeded {target.Name}");
        public void OnTargetFailed(ExecutableTarget target) => ((HookedBuild)Build).Notes.Add($"failed {target.Name}");
        public void OnBuildFinished() => ((HookedBuild)Build).Notes.Add("finished");
    }

    [Hook]
    private sealed class HookedBuild : TracingBuild
    {
        public readonly List<string> Notes = [];
        public Target Good => _ => _.Executes(() => { });
        public Target Bad => _ => _.DependsOn(Good).Executes(() => throw new InvalidOperationException());
        protected internal override void OnBuildCreated() => Notes.Add("created");
        protected internal override void OnBuildInitialized() => Notes.Add("initialized");
        protected internal override void OnTargetFailed(string target) => Notes.Add($"virtual {target}");
    }

    [Fact]
    public void Hooks_AreCalledInOrder_ExtensionsBeforeVirtualMethods()
    {
        var build = (HookedBuild)_harness.Run<HookedBuild>("Bad").Build;
        build.Notes.Should().Equal("created", "initialized", "running Good", "succeeded Good", "running Bad", "failed Bad", "virtual Bad", "finished");
    }
}
