using CsCheck;
using Fanout.Diagnostics.Stacks;
using Xunit;

namespace Fanout.Diagnostics.Tests.Stacks;

/// <summary>Stacks merged into a tree.</summary>
public sealed class FlameTreeTests
{
    private static readonly Gen<(string[] Frames, long Weight)[]> Stacks =
        Gen.Select(Gen.Char["abc"].Select(c => c.ToString()).Array[0, 6], Gen.Long[0, 100]).Array[0, 30];

    [Fact]
    public void StacksThatBeginAlike_AreOneBranch()
    {
        var tree = Tree((["main", "work", "read"], 3), (["main", "work", "write"], 2), (["main"], 1), (["other"], 4));
        Assert.Equal(10, tree.Root.Total);
        Assert.Equal(["main", "other"], tree.Root.Children.Select(child => child.Name));
        var main = tree.Root.Children.First();
        Assert.Equal((6, 1), (main.Total, main.Self));
        var work = Assert.Single(main.Children);
        Assert.Equal((5, 0), (work.Total, work.Self));
        Assert.Equal([("read", 3L, 3L), ("write", 2L, 2L)], work.Children.Select(child => (child.Name, child.Total, child.Self)));
    }

    [Fact]
    public void AFrameByAnotherWay_IsAnotherNode()
    {
        var tree = Tree((["a", "shared"], 1), (["b", "shared"], 2));
        Assert.Equal([2L, 1L], tree.Root.Children.Select(child => Assert.Single(child.Children).Total));
        Assert.Equal(3, tree.Methods().Single(method => method.Name == "shared").Total);
    }

    [Fact]
    public void AMethodThatCallsItself_CountsOnceAStack()
    {
        var tree = Tree((["f", "f", "g", "f"], 5));
        Assert.Equal([new MethodWeight("f", 5, 5), new MethodWeight("g", 0, 5)], tree.Methods());
    }

    [Fact]
    public void WhatIsTooDeep_CountsForTheLastFrameThatIsKept()
    {
        var tree = Tree((Enumerable.Range(0, FlameTree.DeepestFrame + 10).Select(i => $"f{i}").ToArray(), 7));
        var last = tree.Methods().Single(method => method.Self > 0);
        Assert.Equal(new MethodWeight($"f{FlameTree.DeepestFrame - 1}", 7, 7), last);
    }

    [Fact]
    public void Totals_AreThoseOfTheStacks() => Stacks.Sample(stacks =>
    {
        var tree = Tree(stacks);
        Assert.Equal(stacks.Sum(stack => stack.Weight), tree.Root.Total);
        Check(tree.Root);
        foreach (var method in tree.Methods())
        {
            Assert.Equal(stacks.Where(stack => stack.Frames.Contains(method.Name)).Sum(stack => stack.Weight), method.Total);
            Assert.Equal(stacks.Where(stack => stack.Frames.LastOrDefault() == method.Name).Sum(stack => stack.Weight), method.Self);
        }
    });

    [Fact]
    public void OrderOfStacks_ChangesNothing() => Stacks.Sample(stacks =>
        Assert.Equal(Describe(Tree(stacks).Root), Describe(Tree([.. stacks.AsEnumerable().Reverse()]).Root)));

    private static void Check(FlameNode node)
    {
        Assert.Equal(node.Total, node.Self + node.Children.Sum(child => child.Total));
        foreach (var child in node.Children)
            Check(child);
    }

    private static string Describe(FlameNode node) => $"{node.Name}:{node.Total}:{node.Self}({string.Join(' ', node.Children.Select(Describe))})";

    private static FlameTree Tree(params IEnumerable<(string[] Frames, long Weight)> stacks)
    {
        var tree = new FlameTree();
        foreach (var (frames, weight) in stacks)
            tree.Add(frames, weight);
        return tree;
    }
}
