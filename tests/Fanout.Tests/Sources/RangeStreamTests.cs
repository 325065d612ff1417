using CsCheck;
using Fanout.Conformance.Sources;
using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Sources;

public sealed class RangeStreamTests
{
    private static readonly RangeSettings Small = new() { FirstBytes = 4, UnexpectedBytes = 2, LargestBytes = 16 };

    private readonly MemoryRemote _remote = new([.. Enumerable.Range(0, 200).Select(i => (byte)i)]);

    [Fact]
    public void AnyReadsAnywhere_GiveTheBytesThatAreThere() =>
        Gen.Select(Gen.Int[0, 210], Gen.Int[1, 40], Gen.Int[0, 220], Gen.Bool).Array[1, 30].Sample(
            steps =>
            {
                using var stream = Open();
                foreach (var (position, count, expected, jumps) in steps)
                {
                    stream.Expect(expected);
                    if (jumps)
                        stream.Position = position;
                    var from = (int)stream.Position;
                    var bytes = new byte[count];
                    var read = stream.ReadAtLeast(bytes, count, throwOnEndOfStream: false);
                    Assert.Equal(Math.Clamp(200 - from, 0, count), read);
                    Assert.Equal(Enumerable.Range(from, read).Select(i => (byte)i), bytes[..read]);
                }
            },
            iter: 500,
            threads: 1);

    [Fact]
    public void ReadingOn_FetchesMoreEachTime_AndNothingBeyondWhatIsExpected()
    {
        using (var stream = Open())
        {
            stream.Position = 10;
            stream.Expect(90);
            stream.ReadExactly(new byte[80]);
        }

        Assert.Equal([(10, 4), (14, 16), (30, 16), (46, 16), (62, 16), (78, 12)], _remote.Reads);
    }

    [Fact]
    public void WhatIsNotExpected_IsFetchedLittle()
    {
        using (var stream = Open())
            stream.ReadExactly(new byte[2]);
        Assert.Equal([(0, 2)], _remote.Reads);
    }

    [Fact]
    public void WhatLiesBeyondWhatIsExpected_IsFetchedLittle()
    {
        using (var stream = Open())
        {
            stream.Position = 60;
            stream.Expect(90);
            stream.ReadExactly(new byte[35]);
        }

        Assert.Equal([(60, 4), (64, 16), (80, 10), (90, 2), (92, 8)], _remote.Reads);
    }

    [Fact]
    public async Task NextFetch_IsOnItsWayWhileTheCurrentOneIsRead()
    {
        using var stream = Open();
        stream.Expect(200);
        await stream.ReadExactlyAsync(new byte[4 + 16]);
        var asked = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        _remote.OnRead = offset =>
        {
            asked.TrySetResult();
            return answer.Task;
        };
        await stream.ReadExactlyAsync(new byte[16]);
        await asked.Task;
        var next = stream.ReadExactlyAsync(new byte[17]);
        Assert.False(next.IsCompleted);
        answer.SetResult();
        await next;
    }

    [Fact]
    public async Task FetchThatFailed_IsTriedAgainByTheNextRead()
    {
        using var stream = Open();
        stream.Expect(200);
        _remote.OnRead = _ => throw new StorageException("busy");
        await Assert.ThrowsAsync<StorageException>(async () => await stream.ReadExactlyAsync(new byte[10]));
        _remote.OnRead = null;
        var bytes = new byte[200 - (int)stream.Position];
        await stream.ReadExactlyAsync(bytes);
        Assert.Equal(199, bytes[^1]);
    }

    [Fact]
    public async Task OtherVersion_IsRefused_EvenInTheMiddle()
    {
        using var stream = Open();
        stream.Expect(200);
        await stream.ReadExactlyAsync(new byte[4]);
        _remote.Tag = "other";
        await Assert.ThrowsAsync<SourceException>(async () => await stream.ReadExactlyAsync(new byte[100]));
    }

    [Fact]
    public async Task WhoeverWaits_MayGiveUp_AndComeBack()
    {
        using var stream = Open();
        using var impatient = new CancellationTokenSource();
        var answer = new TaskCompletionSource();
        _remote.OnRead = _ => answer.Task;
        var waiting = stream.LoadAsync(impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
        answer.SetResult();
        await stream.LoadAsync(CancellationToken.None);
        Assert.True(stream.IsLoaded);
        Assert.Single(_remote.Reads);
    }

    [Fact]
    public async Task DisposedStream_RefusesToRead()
    {
        var stream = Open();
        await stream.LoadAsync(CancellationToken.None);
        await stream.DisposeAsync();
        await stream.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await stream.LoadAsync(CancellationToken.None));
    }

    private RangeStream Open() => new(_remote, new RemoteVersion(200, _remote.Tag), Small);
}
