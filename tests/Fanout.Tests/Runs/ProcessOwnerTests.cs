using System.Diagnostics;
using Fanout.Runs;
using Xunit;

namespace Fanout.Tests.Runs;

public sealed class ProcessOwnerTests
{
    [Fact]
    public void EngineOfThisProcess_IsAliveUntilRetired()
    {
        var owner = ProcessOwner.Create();
        Assert.False(ProcessOwner.IsDead(owner));

        ProcessOwner.Retire(owner);

        Assert.True(ProcessOwner.IsDead(owner));
    }

    [Fact]
    public void TwoEngines_HaveTwoNames() => Assert.NotEqual(ProcessOwner.Create(), ProcessOwner.Create());

    [Fact]
    public void Display_IsHostAndPid() =>
        Assert.Equal($"{Environment.MachineName}:{Environment.ProcessId}", ProcessOwner.Display(ProcessOwner.Create()));

    [Fact]
    public void ProcessThatEnded_IsDead()
    {
        using var process = Process.Start("dotnet", "--version");
        process.WaitForExit();

        Assert.True(ProcessOwner.IsDead($"{Environment.MachineName}:{process.Id}:1-abcdefgh:1"));
    }

    [Theory]
    [InlineData("S 1 2 2 0 -1 4194304 100 0 0 0 1 2 0 0 20 0 12 0 5000", false)]
    [InlineData("Z 1 2 2 0 -1 4194304 100 0 0 0 1 2 0 0 20 0 12 0 5000", false)]
    [InlineData("Z 1 2 2 0 -1 4194304 100 0 0 0 1 2 0 0 20 0 1 0 5000", true)]
    [InlineData("X 1 2 2 0 -1 4194304 100 0 0 0 1 2 0 0 20 0 0 0 5000", true)]
    public void KilledProcess_IsDeadWhenTheLastOfItsThreadsIs(string fields, bool isGone) => Assert.Equal(isGone, ProcessOwner.IsGone(fields.Split(' ')));

    [Fact]
    public void OtherProcessWithThePidOfAnEndedOne_IsDead() =>
        Assert.True(ProcessOwner.IsDead($"{Environment.MachineName}:{Environment.ProcessId}:1-abcdefgh:1"));

    [Fact]
    public void ProcessOfAnotherMachine_MayBeAlive() => Assert.False(ProcessOwner.IsDead("elsewhere:1:1-abcdefgh:1"));

    [Fact]
    public void UnreadableOwner_MayBeAlive() => Assert.False(ProcessOwner.IsDead("who knows"));

    [Fact]
    public void OwnerOfAnotherMachineOfThisOnesName_IsNotKnownToBeDeadWhereMachinesShare()
    {
        var owner = $"{Environment.MachineName}:{Environment.ProcessId}:1-abcdefgh-1:1";

        Assert.True(ProcessOwner.IsDead(owner));
        Assert.False(ProcessOwner.IsDeadHere(owner));
        Assert.False(ProcessOwner.IsDeadHere("elsewhere:1:1-abcdefgh-1:1"));
        Assert.False(ProcessOwner.IsDeadHere("who knows"));
    }

    [Fact]
    public void ProcessOfThisMachineThatEnded_IsDeadWhereMachinesShareToo()
    {
        var owner = ProcessOwner.Create();
        Assert.False(ProcessOwner.IsDeadHere(owner));
        var start = owner.Split(':')[2];
        // Where a start does not say which machine it was on, there is no telling.
        var before = $"{Environment.MachineName}:{Environment.ProcessId}:1{(OperatingSystem.IsLinux() ? start[start.IndexOf('-', StringComparison.Ordinal)..] : "")}:1";

        Assert.Equal(OperatingSystem.IsLinux(), ProcessOwner.IsDeadHere(before));
        ProcessOwner.Retire(owner);
        Assert.True(ProcessOwner.IsDeadHere(owner));
    }
}
