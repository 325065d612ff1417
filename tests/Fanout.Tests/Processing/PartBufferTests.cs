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
}
