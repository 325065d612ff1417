using Fanout.Doctor;
using Fanout.Runs;
using Xunit;

namespace Fanout.Tests.Doctor;

/// <summary>What the system tells of this process.</summary>
public sealed class EnvironmentProbeTests
{
    [Fact]
    public void Look_SeesThisProcess()
    {
        var seen = EnvironmentProbe.Look();
        Assert.Equal((Environment.ProcessId, Environment.ProcessorCount), (seen.ProcessId, seen.Cores));
        Assert.InRange(seen.Memory, 1 << 20, long.MaxValue);
        Assert.InRange(seen.WorkingSet, 1 << 20, long.MaxValue);
        Assert.InRange(seen.ThreadPool.MostThreads, seen.ThreadPool.LeastThreads, int.MaxValue);
    }

    [Theory]
    [InlineData("Limit                     Soft Limit           Hard Limit           Units\nMax open files            1024                 524288               files\n", 1_024L)]
    [InlineData("Max open files            unlimited            unlimited            files\n", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void OpenFileLimit_IsTheSoftOne(string? limits, long? expected) => Assert.Equal(expected, EnvironmentProbe.OpenFileLimit(limits));

    [Theory]
    [InlineData("150000 100000\n", 1.5)]
    [InlineData("max 100000\n", null)]
    [InlineData("damaged", null)]
    public void Cores_AreReadFromGroupsOfVersion2(string text, double? expected) => Assert.Equal(expected, ContainerLimits.Cores(Files(("/sys/fs/cgroup/cpu.max", text))));

    [Theory]
    [InlineData("50000", 0.5)]
    [InlineData("-1", null)]
    public void Cores_AreReadFromGroupsOfVersion1(string quota, double? expected) =>
        Assert.Equal(expected, ContainerLimits.Cores(Files(("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", quota), ("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"))));

    [Theory]
    [InlineData("/sys/fs/cgroup/memory.max", "536870912\n", 536_870_912L)]
    [InlineData("/sys/fs/cgroup/memory.max", "max\n", null)]
    [InlineData("/sys/fs/cgroup/memory/memory.limit_in_bytes", "536870912\n", 536_870_912L)]
    [InlineData("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n", null)]
    public void Memory_IsReadFromGroups(string path, string text, long? expected) => Assert.Equal(expected, ContainerLimits.Memory(Files((path, text))));

    [Fact]
    public void ProcessOfThisMachine_IsKnownByItsName()
    {
        Assert.Equal(Environment.ProcessId, ProcessOwner.ProcessIdHere(ProcessOwner.Display(ProcessOwner.Create())));
        Assert.Null(ProcessOwner.ProcessIdHere("elsewhere-entirely:17"));
        Assert.Null(ProcessOwner.ProcessIdHere("a worker"));
    }

    private static Func<string, string?> Files(params (string Path, string Text)[] files) =>
        path => files.Where(file => file.Path == path).Select(file => file.Text).FirstOrDefault();
}
