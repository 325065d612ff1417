using System.Runtime.CompilerServices;
using Fanout.Diagnostics.Reading;
using Fanout.Diagnostics.Recording;
using Microsoft.Diagnostics.Tracing.Etlx;
using Xunit;

namespace Fanout.Diagnostics.Tests.Recording;

/// <summary>This process, recorded by itself.</summary>
public sealed class TraceRecorderTests : IDisposable
{
    private static readonly TimeSpan HeldFor = TimeSpan.FromMilliseconds(5);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("fanout-trace-");
    private readonly ManualResetEventSlim _never = new();
    private readonly Lock _lock = new();
    private readonly object _monitor = new();
    private volatile bool _isOver;
    private long _kept;

    private string TracePath => Path.Combine(_directory.FullName, "own.nettrace");

    public void Dispose()
    {
        _never.Dispose();
        _directory.Delete(recursive: true);
    }

    [Theory]
    [InlineData(ProfileKind.Cpu, nameof(Spin))]
    [InlineData(ProfileKind.Alloc, nameof(Allocate))]
    [InlineData(ProfileKind.Locks, nameof(WaitForMonitor))]
    [InlineData(ProfileKind.Locks, nameof(WaitForLock))]
    public async Task WhatThreadsDo_IsFoundByItsName(ProfileKind kind, string method)
    {
        var profile = await RecordAsync(kind, method);
        var name = $"{typeof(TraceRecorderTests).FullName}.{method}";
        var found = profile.Tree.Methods().FirstOrDefault(weight => weight.Name == name);
        Assert.True(found is { Total: > 0 }, $"{name} is not among {profile.Events} events of {string.Join(", ", EventNames())}: {string.Join(", ", profile.Tree.Methods().Take(20))}");
        if (kind == ProfileKind.Locks)
            Assert.Equal(found!.Total, found.Self);
    }

    [Fact]
    public async Task NoSuchProcess_IsRefused()
    {
        var refused = await Assert.ThrowsAsync<ProfileException>(() =>
            new TraceRecorder(TimeProvider.System).RecordAsync(int.MaxValue, ProfileKind.Cpu, TimeSpan.FromSeconds(1), TracePath, CancellationToken.None));
        Assert.True(refused.IsRefusal);
        Assert.False(File.Exists(TracePath));
    }

    [Fact]
    public async Task WhereNothingCanBeWritten_ItSaysSo()
    {
        var failure = await Assert.ThrowsAsync<ProfileException>(() =>
            new TraceRecorder(TimeProvider.System).RecordAsync(Environment.ProcessId, ProfileKind.Cpu, TimeSpan.FromSeconds(1), Path.Combine(_directory.FullName, "none", "x"), CancellationToken.None));
        Assert.False(failure.IsRefusal);
        Assert.Contains("cannot be written", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsNoTrace_IsSaid()
    {
        await File.WriteAllTextAsync(TracePath, "no trace at all");
        Assert.Contains("cannot be read", Assert.Throws<ProfileException>(() => TraceReader.Read(TracePath, ProfileKind.Cpu)).Message, StringComparison.Ordinal);
    }

    private async Task<Profile> RecordAsync(ProfileKind kind, string method)
    {
        Action work = method switch { nameof(Spin) => Spin, nameof(Allocate) => Allocate, nameof(WaitForMonitor) => WaitForMonitor, _ => WaitForLock };
        Thread[] threads = [.. Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            while (!_isOver)
                work();
        }))];
        foreach (var thread in threads)
            thread.Start();
        try
        {
            await new TraceRecorder(TimeProvider.System).RecordAsync(Environment.ProcessId, kind, TimeSpan.FromSeconds(1), TracePath, CancellationToken.None);
        }
        finally
        {
            _isOver = true;
            foreach (var thread in threads)
                thread.Join();
        }

        return TraceReader.Read(TracePath, kind);
    }

    private IEnumerable<string> EventNames()
    {
        using var log = new TraceLog(TraceLog.CreateFromEventPipeDataFile(TracePath));
        return [.. log.Events.GroupBy(data => data.EventName).Select(group => $"{group.Count()} {group.Key} ({group.Count(data => data.CallStack() is not null)} with a stack)")];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Spin()
    {
        for (var i = 0; i < 1_000_000; i++)
            _kept = (_kept * 31) ^ i;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Allocate() => _kept += new byte[10_000].Length;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WaitForMonitor()
    {
        lock (_monitor)
            _never.Wait(HeldFor);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WaitForLock()
    {
        lock (_lock)
            _never.Wait(HeldFor);
    }
}
