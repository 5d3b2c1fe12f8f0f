using Tiketi.Pipeline.Infrastructure.Rendering;

namespace Tiketi.Pipeline.Tests.Infrastructure;

/// <summary>Templates evaluated with an environment's parameters, before there is anything.</summary>
public sealed class RenderedTemplateTests
{
    [Fact]
    public void Conditions_decide_which_resources_and_which_properties_there_are()
    {
        const string Template = """
            Parameters: { Size: { Type: String }, Domain: { Type: String, Default: "" } }
            Conditions:
              Large: !Equals [!Ref Size, large]
              Public: !And [!Condition Large, !Not [!Equals [!Ref Domain, ""]]]
            Resources:
              Always: { Type: A::B::C, Properties: { Count: !If [Large, 2, 1], Name: !If [Public, !Ref Domain, !Ref "AWS::NoValue"], Flag: true, Text: "1.30", Version: 1.30 } }
              OnlyPublic: { Type: A::B::C, Condition: Public, DeletionPolicy: Retain }
            """;

        var small = Render(Template, ("Size", "small"), ("Domain", ""));
        var large = Render(Template, ("Size", "large"), ("Domain", "tiketi.example"));

        small.Resources.Select(resource => resource.LogicalId).Should().Equal("Always");
        small.Resources[0].Properties.ToJsonString().Should().Be("""{"Count":1,"Flag":true,"Text":"1.30","Version":"1.30"}""");
        large.Resources.Select(resource => resource.LogicalId).Should().Equal("Always", "OnlyPublic");
        large.Resources[0].Text("Name").Should().Be("tiketi.example");
        large.Resources[1].DeletionPolicy.Should().Be("Retain");
    }

    [Fact]
    public void What_only_the_deployment_tells_stays_a_name()
    {
        var rendered = Render(
            """
            Parameters: { Environment: { Type: String }, Zones: { Type: CommaDelimitedList } }
            Mappings: { Sizes: { production: { nodes: 3 } } }
            Resources:
              Thing:
                Type: A::B::C
                Properties:
                  Own: !GetAtt Other.Endpoint.Address
                  Ref: !Ref Other
                  Import: !ImportValue { "Fn::Sub": "tiketi-${Environment}-VpcId" }
                  Sub: !Sub ["${Own}-${Environment}-${Other.Arn}-${!literal}", { Own: x }]
                  Joined: !Join [",", !Ref Zones]
                  Second: !Select [1, !Split [",", "a,b"]]
                  Unknown: !Select [0, !Split [",", !ImportValue Subnets]]
                  Nodes: !FindInMap [Sizes, !Ref Environment, nodes]
                  Region: !Ref AWS::Region
            """,
            ("Environment", "production"), ("Zones", "2a, 2c"));

        var properties = rendered.Resources[0].Properties.ToDictionary(pair => pair.Key, pair => pair.Value!.ToString());
        properties.Should().Equal(new Dictionary<string, string>
        {
            ["Own"] = "${Other.Endpoint.Address}", ["Ref"] = "${Other}", ["Import"] = "${import:tiketi-production-VpcId}", ["Sub"] = "x-production-${Other.Arn}-${literal}",
            ["Joined"] = "2a,2c", ["Second"] = "b", ["Unknown"] = "${import:Subnets}", ["Nodes"] = "3", ["Region"] = "ap-northeast-2",
        });
    }

    [Fact]
    public void A_function_that_is_not_known_is_named() =>
        FluentActions.Invoking(() => Render("Resources: { A: { Type: A::B::C, Properties: { X: !Transform { Name: Y } } } }"))
            .Should().Throw<PipelineException>().WithMessage("test.yaml: Fn::Transform is a function that Tiketi.Pipeline cannot evaluate.");

    private static RenderedTemplate Render(string template, params (string Name, string Value)[] parameters) => RenderedTemplate.Render(
        "test.yaml", TemplateJson.Read("test.yaml", template), parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value), "tiketi-test", "ap-northeast-2");
}
