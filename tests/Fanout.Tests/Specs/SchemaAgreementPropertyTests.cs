using CsCheck;
using Fanout.Specs;
using Xunit;

namespace Fanout.Tests.Specs;

public class SchemaAgreementPropertyTests
{
    [Fact]
    public void AnyValidSpec_IsAcceptedByBoth() => SpecGen.Valid.Select(spec => spec.ToJsonString()).Sample(
        spec =>
        {
            Assert.Empty(SpecSamples.ErrorsOf(spec));
            Assert.True(SchemaAgreement.SchemaAccepts(spec));
        },
        iter: 500);

    [Fact]
    public void AnyMutatedSpec_IsJudgedAlikeByBoth() =>
        SpecGen.Mutated.Select(spec => spec.ToJsonString()).Sample(SchemaAgreement.AssertSame, iter: 1_500);

    [Fact]
    public void AnyValidSpec_IsWrittenAsTextThatBothAcceptAndThatStaysTheSame() => SpecGen.Valid.Select(spec => spec.ToJsonString()).Sample(
        spec =>
        {
            var text = SpecWriter.Write(SpecSamples.Read(spec));
            Assert.True(SchemaAgreement.SchemaAccepts(text), text);
            Assert.Equal(text, SpecWriter.Write(SpecSamples.Read(text)));
        },
        iter: 500);
}
