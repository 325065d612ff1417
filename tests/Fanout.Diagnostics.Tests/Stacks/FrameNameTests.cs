using Fanout.Diagnostics.Stacks;
using Xunit;

namespace Fanout.Diagnostics.Tests.Stacks;

/// <summary>Methods are called as they were written.</summary>
public sealed class FrameNameTests
{
    [Theory]
    [InlineData("Shop.Charge.Handle(int32,class Fanout.Handlers.ItemContext)", "Shop.Charge.Handle")]
    [InlineData("Shop.Charge+<HandleAsync>d__3.MoveNext()", "Shop.Charge.HandleAsync")]
    [InlineData("Shop.Charge`1+<HandleAsync>d__3[System.__Canon].MoveNext()", "Shop.Charge.HandleAsync")]
    [InlineData("Shop.Charge+<>c__DisplayClass3_0.<RunAsync>b__1(class System.Object)", "Shop.Charge.RunAsync.lambda")]
    [InlineData("Shop.Charge+<>c.<.ctor>b__0_0()", "Shop.Charge..ctor.lambda")]
    [InlineData("Shop.Charge.<RunAsync>g__Retry|3_0(int32)", "Shop.Charge.RunAsync.Retry")]
    [InlineData("Shop.Charge+<>c__DisplayClass3_0+<<RunAsync>b__0>d.MoveNext()", "Shop.Charge.RunAsync.lambda")]
    [InlineData("System.Collections.Generic.Dictionary`2[System.__Canon,System.Int32].FindValue(!0)", "System.Collections.Generic.Dictionary.FindValue")]
    [InlineData("System.Threading.Tasks.Task+<>c.<.cctor>b__281_0(class System.Object)", "System.Threading.Tasks.Task..cctor.lambda")]
    [InlineData("Outer+Inner.Work()", "Outer.Inner.Work")]
    [InlineData("Plain", "Plain")]
    public void Name_IsTheOneInTheSource(string told, string expected) => Assert.Equal(expected, FrameName.Of(told, "Shop"));

    [Theory]
    [InlineData(null, "libclr", "libclr!?")]
    [InlineData("", "", "?")]
    public void AMethodNobodyNamed_IsCalledByItsModule(string? told, string module, string expected) => Assert.Equal(expected, FrameName.Of(told, module));
}
