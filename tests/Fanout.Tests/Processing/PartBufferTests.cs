using CsCheck;
using Fanout.Processing;
using Xunit;

namespace Fanout.Tests.Processing;

public sealed class PartBufferTests
{
    [Fact]
    public void WhatIsAppended_IsTakenOnceAndInOrder_WhicheverBuffersWereUsedBefore() =>
        Gen.Select(Gen.Byte.Array[1, 40_000], Gen.Bool).Array[1, 30].Sample(steps =>
        {
            using var buffer = new PartBuffer("part");
            var appended = new List<byte>();
            var taken = new List<byte>();
            foreach (var ((line, swaps), index) in steps.Select((step, index) => (step, index)))
            {
                buffer.Append(line, index);
                appended.AddRange(line);
                if (swaps)
                    taken.AddRange(buffer.Swap().Span);
            }

            taken.AddRange(buffer.Swap().Span);
            Assert.Equal(appended, taken);
            Assert.Equal(new Fanout.Results.PartRef("part", appended.Count, steps.Length, 0, steps.Length - 1), buffer.Describe());
        }, iter: 100);

    [Fact]
    public void GivingBuffersBackTwice_IsHarmless()
    {
        var buffer = new PartBuffer("part");
        buffer.Append("line\n"u8, 0);
        buffer.Dispose();
        buffer.Dispose();
        using var one = new PartBuffer("one");
        using var other = new PartBuffer("other");
        one.Append("one\n"u8, 0);
        other.Append("two\n"u8, 0);
        Assert.Equal("one\n"u8, one.Swap().Span);
        Assert.Equal("two\n"u8, other.Swap().Span);
    }

    [Fact]
    public void WriterIsWoken_AndWorkersAreHeldUp_WhenSoMuchWaits()
    {
        using var buffer = new PartBuffer("part");
        Assert.Null(buffer.Describe());
        buffer.Append(new byte[PartBuffer.WakeAt - 1], 7);
        Assert.Equal((false, false), (buffer.ShouldWake, buffer.ShouldHold));
        buffer.Append(new byte[1], 3);
        Assert.Equal((true, false), (buffer.ShouldWake, buffer.ShouldHold));
        buffer.Append(new byte[PartBuffer.HoldAt - PartBuffer.WakeAt - 1], 0);
        Assert.False(buffer.ShouldHold);
        buffer.Append(new byte[1], 0);
        Assert.True(buffer.ShouldHold);
        // What is not taken yet does not count yet.
        Assert.Equal(new Fanout.Results.PartRef("part", 0, 4, 0, 7), buffer.Describe());
        Assert.Equal(PartBuffer.HoldAt, buffer.Swap().Length);
        Assert.Equal((false, false, 0), (buffer.ShouldWake, buffer.ShouldHold, buffer.Swap().Length));
        Assert.Equal(new Fanout.Results.PartRef("part", PartBuffer.HoldAt, 4, 0, 7), buffer.Describe());
    }

    [Fact]
    public void OneLineOfTheFirstItem_IsTheWholePart()
    {
        using var buffer = new PartBuffer("part");
        buffer.Append(new byte[2], 0);
        buffer.Swap();
        Assert.Equal(new Fanout.Results.PartRef("part", 2, 1, 0, 0), buffer.Describe());
    }
}
