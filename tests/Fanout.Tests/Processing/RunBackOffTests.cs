using Fanout.Processing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing;

public sealed class RunBackOffTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly RunBackOff _backOff;
    private int _changes;

    public RunBackOffTests() => _backOff = new RunBackOff(_time, () => _changes++);

    [Fact]
    public void WhatHasRecovered_ChangesNoMore()
    {
        Pass(4);
        Assert.Equal(0, _changes);
        _backOff.NoteThrottled(default, null);
        Assert.Equal((1, true, false, 4), (_changes, _backOff.IsActive, _backOff.IsBlocked, _backOff.Cap(8)));
        // Half of it is lost, and a hundredth comes back a second.
        Pass(190);
        Assert.Equal((191, true, 7), (_changes, _backOff.IsActive, _backOff.Cap(8)));
        Pass(20);
        Assert.Equal((false, 8), (_backOff.IsActive, _backOff.Cap(8)));
        var changes = _changes;
        Pass(40);
        Assert.Equal(changes, _changes);
    }

    [Fact]
    public void EndOfABlock_IsTold()
    {
        _backOff.NoteThrottled(default, TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal((1, true), (_changes, _backOff.IsBlocked));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal((2, false), (_changes, _backOff.IsBlocked));
    }

    public void Dispose() => _backOff.Dispose();

    private void Pass(int quarters)
    {
        for (var quarter = 0; quarter < quarters; quarter++)
            _time.Advance(TimeSpan.FromMilliseconds(250));
    }
}
