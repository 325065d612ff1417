using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using CsCheck;
using Fanout.Results;
using Xunit;

namespace Fanout.Tests.Results.Reducing;

public sealed class BuiltInReductionsTests
{
    private static readonly string[] Names = ["count", "sum", "min", "max"];

    private static readonly FanoutRegistry Registry = CreateRegistry();

    private static readonly Gen<string> Outputs = Gen.OneOf(
        Gen.Long.Select(number => number.ToString(CultureInfo.InvariantCulture)),
        Gen.Int[-1000, 1000].Select(number => number.ToString(CultureInfo.InvariantCulture)),
        Gen.Decimal.Select(number => number.ToString(CultureInfo.InvariantCulture)),
        Gen.Double[-1e300, 1e300].Select(number => number.ToString("R", CultureInfo.InvariantCulture)),
        Gen.Int[-99, 99].Select(number => $"\" {number}e-3\\n\""),
        Gen.Const("null"),
        Gen.Const(""));

    [Theory]
    [InlineData("count")]
    [InlineData("sum")]
    [InlineData("min")]
    [InlineData("max")]
    public void AnyOrderAndTree_GivesOneState(string name) =>
        Gen.Select(Outputs.Array[1, 60], Gen.Int[0, int.MaxValue]).Sample((outputs, seed) =>
        {
            var reduction = Registry.Reductions[name];
            var whole = Fold(reduction, null, outputs);
            var random = new Random(seed);
            random.Shuffle(outputs);
            Assert.Equal(whole, FoldByTree(reduction, outputs, random));
            Assert.Equal(reduction.Result(whole), reduction.Result(FoldByTree(reduction, outputs, random)));
        });

    [Fact]
    public void GoingOnFromAState_GivesTheStateOfOneFold() =>
        Gen.Select(Outputs.Array[0, 20], Outputs.Array[0, 20], Gen.Int[0, 3].Select(number => Names[number])).Sample((before, after, name) =>
        {
            var reduction = Registry.Reductions[name];
            Assert.Equal(Fold(reduction, null, [.. before, .. after]), Fold(reduction, Fold(reduction, null, before), after));
        });

    [Fact]
    public void Sum_OfLongsBeyondLong_IsExact() =>
        Gen.Long.Array[0, 50].Sample(numbers =>
        {
            var sum = numbers.Aggregate(BigInteger.Zero, (total, number) => total + number);
            Assert.Equal(sum.ToString(CultureInfo.InvariantCulture), Reduce("sum", [.. numbers.Select(n => n.ToString(CultureInfo.InvariantCulture))]));
        });

    [Fact]
    public void Sum_OfShortNumbersBeyondLong_IsExact() =>
        Assert.Equal("9999999999999999990", Reduce("sum", [.. Enumerable.Repeat("999999999999999999", 10)]));

    [Theory]
    [InlineData("sum", "0.3", "0.1", "0.2")]
    [InlineData("sum", "1000000000000000000000000000001", "1e30", "1")]
    [InlineData("sum", "3", "\"1\"", "null", "\"2\\n\"")]
    [InlineData("min", "-2.5", "3", "-2.50", "null")]
    [InlineData("max", "3", "3.0", "-2.50", "3")]
    [InlineData("max", "1E+300", "1e300", "9e299")]
    [InlineData("count", "3", "1", "null", "{}")]
    public void Outputs_ReduceTo(string name, string expected, params string[] outputs) => Assert.Equal(expected, Reduce(name, outputs));

    [Theory]
    [InlineData("count", "0")]
    [InlineData("sum", "0")]
    [InlineData("min", null)]
    [InlineData("max", null)]
    public void Nothing_ReducesTo(string name, string? expected)
    {
        var reduction = Registry.Reductions[name];
        Assert.Equal(expected, reduction.Result(null));
        Assert.Equal(expected, reduction.Result(reduction.Start(null).Save()));
        Assert.Equal(expected, reduction.Result(reduction.Merge(reduction.Start(null).Save(), null)));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("[1]")]
    [InlineData("{\"a\":1}")]
    [InlineData("\"twelve\"")]
    [InlineData("\"\"")]
    [InlineData("\"\\u00\"")]
    [InlineData("1e500")]
    public void WhatIsNoNumber_IsRefusedByNameAndChangesNothing(string output)
    {
        foreach (var name in new[] { "sum", "min", "max" })
        {
            var accumulator = Registry.Reductions[name].Start("7");
            var refused = Assert.Throws<NotANumberException>(() => accumulator.Add(Encoding.UTF8.GetBytes(output)));
            Assert.Equal("NotANumber", refused.ErrorType);
            Assert.Contains(output, refused.Message, StringComparison.Ordinal);
            Assert.Equal("7", accumulator.Save());
        }
    }

    [Fact]
    public void LongOutput_IsCutInTheMessage() =>
        Assert.InRange(Assert.Throws<NotANumberException>(() => Reduce("sum", [$"\"{new string('x', 100_000)}\""])).Message.Length, 100, 300);

    [Fact]
    public void Result_IsJson() => Outputs.Array[0, 30].Sample(outputs =>
    {
        using var json = JsonDocument.Parse(Reduce("sum", outputs)!);
        Assert.Equal(JsonValueKind.Number, json.RootElement.ValueKind);
    });

    private static string? Reduce(string name, string[] outputs)
    {
        var reduction = Registry.Reductions[name];
        return reduction.Result(Fold(reduction, null, outputs));
    }

    private static string Fold(IReduction reduction, string? state, string[] outputs)
    {
        var accumulator = reduction.Start(state);
        foreach (var output in outputs)
            accumulator.Add(Encoding.UTF8.GetBytes(output));
        return accumulator.Save();
    }

    private static string? FoldByTree(IReduction reduction, string[] outputs, Random random)
    {
        if (outputs.Length == 0 && random.Next(2) == 0)
            return null;
        if (outputs.Length <= 1 || random.Next(5) == 0)
            return Fold(reduction, null, outputs);
        var cut = random.Next(outputs.Length + 1);
        var (left, right) = (FoldByTree(reduction, outputs[..cut], random), FoldByTree(reduction, outputs[cut..], random));
        return random.Next(2) == 0 ? reduction.Merge(left, right) : reduction.Merge(right, left);
    }

    private static FanoutRegistry CreateRegistry()
    {
        var registry = new FanoutRegistry();
        BuiltInReductions.AddTo(registry);
        return registry;
    }
}
